using System.Diagnostics;
using Mesh.TestKit;

namespace Mesh.Benchmarks.Xds.StartUp;

/// <summary>The program of tests/Mesh.Benchmarks.StartUp, compiled ahead of time and as it is built.</summary>
internal sealed record StartUpProgram(string ReadyToRun, string JustInTime)
{
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Builds both forms into a folder.</summary>
    public static async Task<StartUpProgram> BuildAsync(string folder)
    {
        string project = Path.Combine(TestsFolder.Path, "Mesh.Benchmarks.StartUp");
        return new StartUpProgram(await PublishAsync("r2r", readyToRun: true), await PublishAsync("jit", readyToRun: false));

        async Task<string> PublishAsync(string name, bool readyToRun)
        {
            string output = Path.Combine(folder, name);
            var command = new ProcessStartInfo(DotNet, ["publish", project, "-c", "Release", "-o", output, $"-p:PublishReadyToRun={readyToRun}", "--nologo"]) { RedirectStandardOutput = true };
            using var publish = Process.Start(command)!;
            string said = await publish.StandardOutput.ReadToEndAsync();
            await publish.WaitForExitAsync();
            string program = Path.Combine(output, "Mesh.Benchmarks.StartUp.dll");
            return publish.ExitCode == 0 && File.Exists(program) ? program : throw new InvalidOperationException($"dotnet publish {project} ended with {publish.ExitCode}:\n{said}");
        }
    }
}
