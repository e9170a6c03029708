using System.Security.Cryptography;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>The npm packages of a folder with a package-lock.json, installed when they are missing or the lock has changed.</summary>
internal sealed class NodePackages(string folder)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);

    public static string? Reason =>
        InstalledProgram.Find("node") is null ? "node is not installed"
        : InstalledProgram.Find("npm") is null ? "npm is not installed"
        : null;

    public string Folder => folder;

    private string Stamp => Path.Combine(folder, "node_modules", ".installed");

    public async Task InstallAsync()
    {
        var wanted = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        if (IsInstalled(wanted))
            return;

        // Test assemblies run side by side, in processes of their own, and npm does not wait for another npm.
        await using var turn = await TakeTurnAsync();
        if (IsInstalled(wanted))
            return;

        await using var npm = ChildProcess.Start("npm", ["ci", "--no-progress"], folder);
        if (await npm.WaitForExitAsync(InstallLimit) is not 0 and var code)
            throw new InvalidOperationException($"npm ci in {folder} ended with {code}:\n{npm.Errors}");
        await File.WriteAllTextAsync(Stamp, wanted);
    }

    private bool IsInstalled(string wanted) => File.Exists(Stamp) && File.ReadAllText(Stamp) == wanted;

    private async Task<FileStream> TakeTurnAsync()
    {
        FileStream? turn = null;
        await Wait.EventuallyAsync(() => TryLock(out turn), InstallLimit);
        return turn!;
    }

    private bool TryLock(out FileStream? turn)
    {
        // Beside the temporary files rather than in the source tree, whose every other file is under version control.
        var name = "mesh-npm-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(folder)))[..16];
        try
        {
            turn = new FileStream(Path.Combine(Path.GetTempPath(), name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            turn = null;
            return false;
        }
    }
}
