namespace Mesh.Tool;

/// <summary>The <c>mesh</c> command. In a namespace, so that whoever refers to this assembly keeps the name for a program of its own.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["check", .. var rest] => CheckCommand.Run(rest),
                ["explain", .. var rest] => await ExplainCommand.RunAsync(rest).ConfigureAwait(false),
                ["diff", .. var rest] => DiffCommand.Run(rest),
                ["test", .. var rest] => TestCommand.Run(rest),
                ["call", .. var rest] => await CallCommand.RunAsync(rest).ConfigureAwait(false),
                ["watch", .. var rest] => await Watching.WatchCommand.RunAsync(rest).ConfigureAwait(false),
                ["help" or "--help" or "-h"] => Usage.Print(Console.Out, 0),
                ["--version"] => Usage.PrintVersion(),
                [] => Usage.Print(Console.Error, 2),
                [var unknown, ..] => throw new UsageException($"unknown command '{unknown}'"),
            };
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"mesh: {e.Message}").ConfigureAwait(false);
            Usage.Print(Console.Error, 2);
            return 2;
        }
        catch (MeshConfigurationException e)
        {
            await Console.Error.WriteLineAsync($"mesh: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }
}
