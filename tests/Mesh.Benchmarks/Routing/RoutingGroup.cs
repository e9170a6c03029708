using System.Diagnostics;
using System.Text;
using Mesh.Benchmarks.Harness;
using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;
using Mesh.Wire;
using Mesh.Wire.ShortForm;

namespace Mesh.Benchmarks.Routing;

/// <summary>The <c>routing</c> group: from a request to its route, in large tables, and what a table of regular expressions costs.</summary>
internal static class RoutingGroup
{
    private const int Rounds = 9;

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        var bytes = new List<double>();
        yield return await MatchAsync("routing.hosts1000.ns", 250, Hosts(), [.. Enumerable.Range(0, 64).Select(i => ($"host{i * 15}.example", $"/path{i % 10}/x"))], bytes);
        yield return await MatchAsync("routing.prefixes1000.ns", 1000, Table(Enumerable.Range(0, 1000).Select(i => $"\"prefix\": \"/service-{i}/\"")), [("a", "/service-999/orders/1")], bytes);
        yield return await MatchAsync("routing.regex.ns", 1500, Table(Regexes(10, "")), [("a", "/shop/eu/orders/x4711abcbc/tail9")], bytes);
        yield return new Figure("routing.match.bytes", 0, bytes);

        (double Milliseconds, double Megabytes)[] loads = [.. Enumerable.Range(0, Rounds).Select(Load)];
        yield return new Figure("routing.regex1000.load_ms", 100, [.. loads.Select(load => load.Milliseconds)]);
        yield return new Figure("routing.regex1000.mb", 16, [.. loads.Select(load => load.Megabytes)]);
    }

    private static async Task<Figure> MatchAsync(string name, double limit, RouteTable<Route> table, (string Host, string Path)[] requests, List<double> bytes)
    {
        RequestView[] views = [.. requests.Select(request => new RequestView("GET", "http", request.Host, request.Path, null, null))];
        int expected = views.Count(view => table.FindHost(view, out _)?.Match(view) is not null);
        if (expected != views.Length)
            throw new InvalidOperationException($"{name}: {views.Length - expected} requests match nothing");
        Round[] rounds = await new Comparison(
            Repeat(views, static (_, view) => view.Path.Length > 0, table),
            Repeat(views, static (table, view) => table.FindHost(view, out _)!.Match(view) is not null, table))
        {
            SlicesPerRound = 50,
            CallsPerSlice = 5000,
        }.RunAsync();
        bytes.AddRange(rounds.Select(round => Math.Round(round.Mesh.Bytes - round.Baseline.Bytes)));
        return Figure.Of(name, limit, rounds, cost => cost.Nanoseconds, (mesh, bare) => mesh - bare);
    }

    private static Func<int, Task> Repeat(RequestView[] views, Func<RouteTable<Route>, RequestView, bool> action, RouteTable<Route> table) => count =>
    {
        int matched = 0;
        for (int i = 0; i < count; i++)
            matched += action(table, views[i % views.Length]) ? 1 : 0;
        return matched == count ? Task.CompletedTask : throw new InvalidOperationException("Not every request matched.");
    };

    /// <summary>A table of 1,000 regular expressions nobody has seen before, from its text to the first match of each.</summary>
    private static (double Milliseconds, double Megabytes) Load(int round)
    {
        string text = Text(Host("a", Regexes(1000, $"r{round}")));
        long before = GC.GetTotalMemory(forceFullCollection: true), start = Stopwatch.GetTimestamp();
        RouteTable<Route> table = Compile(text);
        var view = new RequestView("GET", "http", "a", "/shop/eu/orders/x4711abcbc/none", null, null);
        _ = table.FindHost(view, out _)!.Match(view);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0;
        GC.KeepAlive(table);
        return (milliseconds, megabytes);
    }

    /// <summary>None of these is a literal, a run of segments or a list of them; the last matches.</summary>
    private static IEnumerable<string> Regexes(int count, string mark) =>
        Enumerable.Range(0, count).Select(i => $"\"safe_regex\": {{\"regex\": \"/(?:[a-z]+/)*x[0-9]{{2,4}}(?:a|bc)*{mark}/tail{i}\"}}");

    private static RouteTable<Route> Hosts() => Compile(Text(string.Join(",", Enumerable.Range(0, 1000)
        .Select(i => Host($"host{i}.example", Enumerable.Range(0, 10).Select(j => $"\"prefix\": \"/path{j}/\""))))));

    private static RouteTable<Route> Table(IEnumerable<string> matches) => Compile(Text(Host("a", matches)));

    private static string Host(string domain, IEnumerable<string> matches) =>
        $"{{\"name\": \"{domain}\", \"domains\": [\"{domain}\"], \"routes\": [{string.Join(",", matches.Select(match => $"{{\"match\": {{{match}}}, \"route\": {{\"cluster\": \"c\"}}}}"))}]}}";

    private static string Text(string hosts) =>
        $"{{\"resources\": [{{\"@type\": \"type.googleapis.com/envoy.config.route.v3.RouteConfiguration\", \"name\": \"r\", \"validate_clusters\": false, \"virtual_hosts\": [{hosts}]}}]}}";

    private static RouteTable<Route> Compile(string text)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings()).Read(Encoding.UTF8.GetBytes(text), yaml: false, file: null, baseDirectory: "");
        RouteTable<Route> table = RouteTableCompiler.Compile(set.RouteConfigurations["r"], new Dictionary<string, int>(StringComparer.Ordinal) { ["c"] = 0 }, errors);
        return findings.Count + errors.Items.Count == 0 ? table : throw new InvalidOperationException(string.Join("; ", [.. findings, .. errors.Items]));
    }
}
