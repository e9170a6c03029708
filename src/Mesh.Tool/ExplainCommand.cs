using Mesh.Calls;

namespace Mesh.Tool;

/// <summary><c>mesh explain PATH METHOD URL</c>.</summary>
internal static class ExplainCommand
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var arguments = new Arguments(args, ["-H"], ["--json"]);
        if (arguments.Positional is not [var path, var method, var url])
            throw new UsageException("explain needs PATH METHOD URL");
        using var request = new HttpRequestMessage(RequestArguments.Method(method), RequestArguments.Url(url));
        RequestArguments.Add(request, RequestArguments.Headers(arguments.All("-H")));

        LoadedConfiguration loaded = LoadedConfiguration.Load(path);
        var explanation = Explanation.Of(loaded.Require(), request);
        List<string> ignored = [.. loaded.Findings.Select(f => f.ToString())];
        if (arguments.Has("--json"))
            Console.WriteLine(ExplanationJson.Write(explanation, ignored));
        else
            ExplanationText.Write(Console.Out, explanation, ignored);
        return 0;
    }
}
