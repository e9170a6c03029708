using System.Collections.Concurrent;
using System.Text.Json;
using Mesh.Calls;
using Mesh.Client.Tests.Calls;
using Mesh.Snapshots;
using Mesh.TestKit.Servers;
using Mesh.Tool;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Mesh.Client.Tests.Explaining;

/// <summary>
/// What <c>mesh explain --json</c> says of a request is what <c>mesh call --json</c> and the servers say became of it: 300 requests, drawn at
/// random and always the same ones.
/// </summary>
public sealed class ExplainAgreesWithCallTests : MeshTest
{
    private const int Requests = 300;

    private static readonly string[] Hosts = ["shop.example", "api.shop.example", "shop.example:8080", "SHOP.example", "tree.example", "else.example"];

    private static readonly string[] Paths =
    [
        "/exact", "/exact?x=1", "/exact/", "/Case/a", "/case", "/sep", "/sep/a?b", "/separate", "/items/12", "/items/12/a?q=1", "/items/x", "/q", "/q?v=2", "/q?v=1&v=2", "/t/1/2?x", "/t/1/2/3",
        "/split", "/chosen/a", "/hashed", "/named", "/tree?v=1", "/tree?v=2", "/tree?v=3", "/chance", "/moved/a?b", "/gone", "/empty", "/", "/x/1", "/x/2?q", "/x/never", "/x/neverland",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("x-user", "beta-7"), ("x-user", "alpha"), ("x-number", "12"), ("x-number", "7"), ("x-number", "twelve"), ("x-cluster", "b"), ("x-cluster", "nowhere"), ("x-to", "to.example"), ("cookie", "s=v1; t=2"),
    ];

    private readonly ConcurrentQueue<(string Server, string Path, string Host, string Route)> _landed = new();

    [Fact]
    public async Task TheyAgree()
    {
        var ports = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string cluster in RichFile.Clusters)
            ports[cluster] = (await StartServerAsync(context => Note(cluster, context))).Port;
        TestMesh mesh = await StartMeshAsync(RichFile.Text(ports));
        MeshSnapshot snapshot = mesh.Host.Store.Current!;
        var random = new Random(20_261_124);
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Requests; i++)
        {
            var (method, url, headers) = Draw(random);
            using HttpRequestMessage asked = Message(method, url, headers);
            JsonElement explained = JsonDocument.Parse(ExplanationJson.Write(Explanation.Of(snapshot, asked), [])).RootElement;

            var tally = new CallTally();
            mesh.Host.Engine.OutcomeObserver = tally.Add;
            using (var caller = new Caller(mesh.Host.CreateHandler(), new CallPlan { Url = new Uri(url), Method = new HttpMethod(method), Headers = headers, Calls = 1, Concurrency = 1 }, tally))
                await caller.RunAsync(CancellationToken.None);
            JsonElement called = JsonDocument.Parse(tally.ToJson()).RootElement;
            _landed.TryDequeue(out var landed);

            string[] differences = [.. Alternatives(explained).Select(each => Difference(each, called, landed, asked, ports) ?? "")];
            Assert.True(differences.Contains(""), $"{method} {url} {string.Join(' ', headers)}\nexplained {explained}\ncalled {called}\nlanded {landed}\n{string.Join('\n', differences)}");
            string kind = explained.GetProperty("route").GetString() ?? "none";
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }

        // Most routes were drawn: a comparison of requests that all go one way would hold of anything.
        Assert.True(kinds.Count >= 22, string.Join(' ', kinds));
    }

    private static (string Method, string Url, List<KeyValuePair<string, string>> Headers) Draw(Random random)
    {
        List<KeyValuePair<string, string>> headers =
            [.. Headers.Where(_ => random.Next(5) == 0).DistinctBy(header => header.Name).Select(header => KeyValuePair.Create(header.Name, header.Value))];
        return (random.Next(6) == 0 ? "POST" : "GET", $"http://{Hosts[random.Next(Hosts.Length)]}{Paths[random.Next(Paths.Length)]}", headers);
    }

    private static HttpRequestMessage Message(string method, string url, List<KeyValuePair<string, string>> headers)
    {
        var message = new HttpRequestMessage(new HttpMethod(method), url);
        RequestArguments.Add(message, headers);
        return message;
    }

    /// <summary>An explanation, and what it says of the requests that chance sends another way.</summary>
    private static IEnumerable<JsonElement> Alternatives(JsonElement explained)
    {
        yield return explained;
        if (!explained.TryGetProperty("otherwise", out JsonElement otherwise))
            yield break;
        foreach (JsonElement each in Alternatives(otherwise))
            yield return each;
    }

    /// <summary>What an explanation says otherwise than the call; null when they agree.</summary>
    private static string? Difference(
        JsonElement explained, JsonElement called, (string Server, string Path, string Host, string Route) landed, HttpRequestMessage asked, Dictionary<string, int> ports)
    {
        string action = explained.GetProperty("action").GetString()!;
        string flag = Only(called.GetProperty("flags")), status = Only(called.GetProperty("statuses")), endpoint = Only(called.GetProperty("endpoints"));
        if (action.StartsWith("local reply", StringComparison.Ordinal))
            return action.Split(' ', ':')[2] == flag && landed.Server is null ? null : $"action {action}, flag {flag}";
        if (action.StartsWith("redirect", StringComparison.Ordinal) || action.StartsWith("direct_response", StringComparison.Ordinal))
            return action.Split(' ', ',')[1] == status && landed.Server is null && flag.Length == 0 ? null : $"action {action}, status {status}";

        // A cluster without endpoints is explained by its empty list of them.
        if (explained.GetProperty("endpoints").GetArrayLength() == 0)
            return flag == "UH" && landed.Server is null ? null : $"no endpoints, flag {flag}";
        if (landed.Server is null || status != "200" || flag.Length > 0)
            return $"status {status}, flag {flag}";
        if (explained.GetProperty("route").GetString() != landed.Route)
            return $"route {landed.Route}";
        string[] clusters = [.. explained.GetProperty("weights").EnumerateObject().Where(weight => weight.Value.GetInt64() > 0).Select(weight => weight.Name)];
        if (!clusters.Contains(landed.Server) || endpoint != $"127.0.0.1:{ports[landed.Server]}")
            return $"clusters {string.Join(' ', clusters)}, endpoint {endpoint}";
        if (explained.TryGetProperty("hash", out _) && explained.GetProperty("cluster").GetString() != landed.Server)
            return $"cluster {explained.GetProperty("cluster").GetString()} by hash";
        JsonElement rewrites = explained.GetProperty("rewrites");
        string path = rewrites.TryGetProperty("path", out JsonElement rewritten) ? rewritten.GetString()! : asked.RequestUri!.PathAndQuery;
        if (path != landed.Path)
            return $"path {path}";

        // Of several clusters each may have a host of its own; the explanation shows that of the heaviest.
        string host = rewrites.TryGetProperty("host", out JsonElement authority) ? authority.GetString()! : asked.RequestUri!.Authority;
        return host == landed.Host || clusters.Length > 1 ? null : $"host {host}";
    }

    private static string Only(JsonElement counts) => counts.EnumerateObject().Select(entry => entry.Name).SingleOrDefault() ?? "";

    private Task<bool> Note(string server, HttpContext context)
    {
        string path = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        _landed.Enqueue((server, path, context.Request.Host.Value!, context.Request.Headers["x-route"].ToString()));
        return Task.FromResult(false);
    }
}
