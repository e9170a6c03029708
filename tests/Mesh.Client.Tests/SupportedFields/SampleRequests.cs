using System.Net.Http.Headers;

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
    ];

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
