using Mesh.Resources;

namespace Mesh.Tool;

/// <summary><c>mesh check PATH...</c>: each path is a configuration of its own.</summary>
internal static class CheckCommand
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var arguments = new Arguments(args, [], []);
        if (arguments.Positional.Count == 0)
            throw new UsageException("check needs at least one PATH");
        int errors = 0, warnings = 0;
        foreach (string path in arguments.Positional)
        {
            LoadedConfiguration loaded = LoadedConfiguration.Load(path);
            foreach (ResourceError finding in loaded.Findings)
            {
                bool error = finding.Severity == Severity.Error;
                Console.WriteLine($"{(error ? "error" : "warning")}: {finding}");
                errors += error ? 1 : 0;
                warnings += error ? 0 : 1;
            }
        }

        Console.WriteLine($"{errors} errors, {warnings} warnings");
        return errors == 0 ? 0 : 1;
    }
}
