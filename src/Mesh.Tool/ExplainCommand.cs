using Mesh.Calls;
using Mesh.Snapshots;

namespace Mesh.Tool;

/// <summary><c>mesh explain PATH METHOD URL</c>; with <c>--bootstrap FILE</c> in place of the path, by what a control plane gives.</summary>
internal static class ExplainCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, ["-H", "--bootstrap"], ["--json"]);
        string? bootstrap = arguments.One("--bootstrap");
        if (bootstrap is null ? arguments.Positional.Count != 3 : arguments.Positional.Count != 2)
            throw new UsageException("explain needs PATH METHOD URL, or --bootstrap FILE METHOD URL");
        using var request = new HttpRequestMessage(RequestArguments.Method(arguments.Positional[^2]), RequestArguments.Url(arguments.Positional[^1]));
        RequestArguments.Add(request, RequestArguments.Headers(arguments.All("-H")));

        var (snapshot, ignored) = bootstrap is null ? Load(arguments.Positional[0]) : await AskAsync(bootstrap, request.RequestUri!).ConfigureAwait(false);
        var explanation = Explanation.Of(snapshot, request);
        if (arguments.Has("--json"))
            Console.WriteLine(ExplanationJson.Write(explanation, ignored));
        else
            ExplanationText.Write(Console.Out, explanation, ignored);
        return 0;
    }

    private static (MeshSnapshot Snapshot, IReadOnlyList<string> Ignored) Load(string path)
    {
        LoadedConfiguration loaded = LoadedConfiguration.Load(path);
        return (loaded.Require(), [.. loaded.Findings.Select(f => f.ToString())]);
    }

    private static async Task<(MeshSnapshot Snapshot, IReadOnlyList<string> Ignored)> AskAsync(string bootstrap, Uri url)
    {
        var options = new MeshOptions { FirstConfigTimeout = TimeSpan.FromSeconds(20), DrainTimeout = TimeSpan.Zero };
        options.UseXds(xds => xds.BootstrapPath = bootstrap);
        options.Hosts.Add(url.Authority);
        MeshHost host = await MeshHost.StartAsync(options).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
            return (host.Store.Current ?? MeshSnapshot.Empty, host.State.IgnoredFields);
    }
}
