using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>The folder of the three programs of peers/grpc-js-xds.</summary>
internal static class GrpcJsXds
{
    private static readonly NodePackages Packages = new(Path.Combine(TestsFolder.Path, "Mesh.Interop.Tests", "peers", "grpc-js-xds"));

    /// <summary>Starts a program; the first start of all installs the packages.</summary>
    public static async Task<CommandProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await Packages.InstallAsync();
        return await CommandProcess.StartAsync(Packages.Folder, arguments, environment);
    }
}
