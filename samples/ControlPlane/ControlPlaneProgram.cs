using Mesh.TestKit.ControlPlane;

namespace ControlPlane;

/// <summary>
/// The control plane process: the ADS server of Mesh.TestKit serves the rules of a file. It reads them again for each line of its
/// standard input, and ends with it.
/// </summary>
internal static class ControlPlaneProgram
{
    /// <summary>Makes this program the control plane; the port (0 takes a free one) and the file of the rules follow.</summary>
    public const string Argument = "control-plane";

    /// <summary>What it answers when new rules are served.</summary>
    public const string Published = "published";

    /// <summary>Prints its address, and serves.</summary>
    public static async Task<int> RunAsync(int port, string rulesPath)
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { Port = port });
        server.Set(await File.ReadAllTextAsync(rulesPath));
        Console.WriteLine(server.Address);

        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is not null)
            Console.WriteLine(await PublishAsync(server, rulesPath));
        return 0;
    }

    private static async Task<string> PublishAsync(AdsServer server, string rulesPath)
    {
        try
        {
            server.Set(await File.ReadAllTextAsync(rulesPath));
            return Published;
        }
        catch (AdsConfigurationException e)
        {
            // What was served before still is.
            return $"refused: {string.Join("; ", e.Errors)}";
        }
    }
}
