using System.Net.Http.Headers;
using System.Text.Json;
using Mesh.Matching;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>Requests that between them reach every listener, host and route of the base configuration.</summary>
internal static class SampleRequests
{
    public static IReadOnlyList<HttpRequestMessage> All { get; } =
    [
        Request("GET", "http://shop.example/matched?q", ("x-exact", "v"), ("x-range", "3"), ("x-string", "value")),
        Request("GET", "http://shop.example/matched/sub", ("x-exact", "v"), ("x-range", "1"), ("x-string", "v"), ("x-absent", "w")),
        Request("GET", "http://api.shop.example/split/a"),
        Request("POST", "https://shop.example:8443/split/b", ("x-absent", "v")),
        Request("GET", "http://shop.example/lost", ("x-string", "VALUE")),
        Request("GET", "http://unknown.example/"),
        Request("GET", "http://inline.example/split"),
        Request("GET", "http://local:15001/other"),
        Request("GET", "http://local:15002/other"),
        Grpc(),
        .. More(),
    ];

    /// <summary>What a proxy would know of every sample.</summary>
    public static RequestAttributes Attributes { get; } = new()
    {
        PeerCertificatePresented = true,
        PeerCertificateValidated = true,
        DynamicMetadata = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["f"] = JsonDocument.Parse("""{"number": 3, "text": "v", "flag": true, "nothing": null, "list": ["u", "v"]}""").RootElement,
        },
        FilterState = new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = "v", ["address"] = "10.1.2.3:4" },
    };

    /// <summary>A request whose headers the mutations of the base configuration meet.</summary>
    public static HttpRequestMessage WithHeaders()
    {
        var request = new HttpRequestMessage();
        AddHeaders(request.Headers);
        return request;
    }

    public static void AddHeaders(HttpHeaders headers)
    {
        foreach (string name in new[] { "x-add", "x-removed", "added" })
            headers.TryAddWithoutValidation(name, "old");
    }

    private static IEnumerable<HttpRequestMessage> More()
    {
        string[] paths =
        [
            "/sep/a?q", "/sep;x/a", "/query?k=V&p", "/re/a;b?q", "/rr?q", "/values", "/bytes", "/file", "/env", "/query?k=v&p", "/query?k=vx&p", "/cookie", "/grpc", "/fraction", "/tls", "/metadata",
            "/state", "/none-text", "/none-range", "/none-item", "/none-or", "/none-state", "/query?k=v", "/t/1/2?q", "/header", "/weights", "/prr/q", "/pf/q?q", "/none", "/other/1", "/rr;/q",
        ];
        foreach (string path in paths)
            yield return Request("GET", $"http://more.example:15003{path}", ("x-exact", "v"), ("x-string", "value"), ("x-range", "1"), ("x-cluster", "a"), ("x-host", "any"), ("cookie", "c=v; e=f"));
        yield return Request("GET", "http://more.example:15003/cookie", ("x-host", "any"), ("cookie", "c=v; e=g"), ("x-string", "w"));
        yield return Request("GET", "http://more.example:15003/cookie", ("x-host", "any"), ("cookie", "c=V; e=f"), ("x-string", "u"));
        yield return Request("CONNECT", "http://more.example:15003/", ("x-host", "any"));
        yield return Request("GET", "http://secure.example:15003/", ("x-host", "secure.example"), ("x-cluster", "gone"));
        yield return Request("GET", "http://more.example:15003/header", ("x-cluster", "gone"), ("x-host", "secure.example"));
        yield return Request("GET", "http://more.example:15003/header", ("x-cluster", "gone"), ("x-host", "any"));
        foreach (string host in new[] { "strings", "list", "prefixes", "names" })
            yield return Request("GET", $"http://{host}.example:15004/", ("x-string", "value"));
        yield return Request("GET", "http://strings.example:15004/", ("x-string", "VALUE"));
        yield return Request("GET", "http://prefixes.example:15004/", ("x-string", "none"));
        foreach (string address in new[] { "10.0.1.1", "10.1.1.1", "12.0.0.1", "13.0.0.1" })
            yield return Request("GET", "http://addresses.example:15004/", ("x-ip", address));
        yield return Request("GET", "http://addresses.example:15004/", ("x-ip", "10.0.1.1"), ("x-string", "ten"));
        yield return Request("GET", "http://list.example:15004/", ("x-string", "nothing"));
        foreach (string path in new[] { "/specified?q=1", "/missing", "/named?q=1", "/none-named", "/hashed?q=1", "/hashed?q=2", "/auto", "/text", "/source", "/json", "/a//text", "/%74ext" })
            yield return Request("GET", $"http://values.example:15004{path}", ("x-exact", "v"), ("cookie", "c=v"));
        yield return Request("GET", "http://values.example:15004/auto");
        yield return Request("GET", "http://values.example:15004/auto", ("x-cluster", "Gone"));
        HttpRequestMessage grpc = Request("POST", "http://more.example:15003/grpc", ("x-host", "any"));
        grpc.Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        yield return grpc;
    }

    private static HttpRequestMessage Request(string method, string url, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), url);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static HttpRequestMessage Grpc()
    {
        HttpRequestMessage request = Request("POST", "http://shop.example/split/Service/Method");
        request.Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        return request;
    }
}
