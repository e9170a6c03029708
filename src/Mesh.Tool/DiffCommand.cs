using Mesh.Tool.Differences;

namespace Mesh.Tool;

/// <summary><c>mesh diff OLD NEW</c>: differences are an answer, not a failure.</summary>
internal static class DiffCommand
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var arguments = new Arguments(args, [], ["--json"]);
        if (arguments.Positional is not [var old, var now])
            throw new UsageException("diff needs OLD NEW");
        Write(Console.Out, Comparison.Of(LoadedConfiguration.Load(old).Require(), LoadedConfiguration.Load(now).Require()), arguments.Has("--json"));
        return 0;
    }

    public static void Write(TextWriter writer, Comparison comparison, bool json)
    {
        if (json)
            writer.WriteLine(DifferenceJson.Write(comparison));
        else
            DifferenceText.Write(writer, comparison);
    }
}
