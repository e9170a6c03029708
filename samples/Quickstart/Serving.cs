namespace Quickstart;

/// <summary>What <c>--serve</c> leaves running for a user to try.</summary>
internal static class Serving
{
    /// <summary>Makes everything as it was at the start, and prints where it is.</summary>
    public static async Task PrepareAsync(ServerGroup servers, MeshFile meshFile)
    {
        await servers.ReplaceKilledAsync();
        meshFile.Write(servers.Ports);
        Console.WriteLine("Serving until Ctrl+C or the end of standard input. All servers live, and the split is 90/10 again:");
        foreach (ServerProcess server in servers.Servers)
            Console.WriteLine($"   orders {server.Version}  http://{server.Address}/api/orders/1");
        Console.WriteLine($"   mesh.yaml  {meshFile.Path}");
        Console.WriteLine("Try:");
        const string Tool = "   dotnet run --project src/Mesh.Tool --";
        Console.WriteLine($"{Tool} call http://orders/api/orders/1 -n 1000 --json --config {meshFile.Path}");
        Console.WriteLine($"{Tool} explain {meshFile.Path} GET http://orders/api/orders/1 -H 'x-beta: true'");
        Console.WriteLine();
    }
}
