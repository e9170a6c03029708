using System.Globalization;
using System.Text.Json;
using Mesh.Matching;

namespace Mesh.Tool.RouteTests;

/// <summary>One route test: a request, and what must become of it. docs/routing.md describes the format.</summary>
internal sealed class RouteCase
{
    public required string Name { get; init; }

    public required RouteRequest Request { get; init; }

    /// <summary>What is asserted, by key; an absent key is not asserted.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Expect { get; init; }

    public static IReadOnlyList<RouteCase> ReadAll(JsonElement cases)
    {
        if (cases.ValueKind != JsonValueKind.Array)
            throw new CaseFormatException("expected a list of cases");
        return [.. cases.EnumerateArray().Select(Read)];
    }

    private static RouteCase Read(JsonElement element, int index)
    {
        var json = new StrictJson(element, $"[{index}]");
        string name = json.Text("name") ?? index.ToString(CultureInfo.InvariantCulture);
        json.Find("source");
        StrictJson request = json.Object("request") ?? throw new CaseFormatException($"case '{name}' has no request");
        JsonElement expect = json.Find("expect") ?? throw new CaseFormatException($"case '{name}' has no expect");
        json.Complete();
        return new RouteCase
        {
            Name = name,
            Request = RouteRequest.Read(request),
            Expect = expect.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal),
        };
    }
}

/// <summary>The request of a route test.</summary>
internal sealed class RouteRequest
{
    public string Authority { get; private init; } = "";

    /// <summary>Null where a request has no path.</summary>
    public string? Path { get; private init; }

    public string Method { get; private init; } = "GET";

    public string Scheme { get; private init; } = "http";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>What every chance of the request is drawn from.</summary>
    public ulong RandomValue { get; private init; }

    /// <summary>Values that replace the defaults of runtime keys; for test suites of proxies.</summary>
    public IReadOnlyDictionary<string, long> RuntimeOverrides { get; private init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Headers of the response, before the route's mutations.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; private init; } = [];

    public bool InsertEnvoyOriginalPath { get; private init; } = true;

    public RequestAttributes Attributes { get; private init; } = new();

    public static RouteRequest Read(StrictJson json)
    {
        StrictJson? tls = json.Object("tls");
        var attributes = new RequestAttributes
        {
            PeerCertificatePresented = tls?.Find("peerCertificatePresented")?.GetBoolean(),
            PeerCertificateValidated = tls?.Find("peerCertificateValidated")?.GetBoolean(),
            DynamicMetadata = Map(json.Find("dynamicMetadata"), value => value),
            FilterState = Map(json.Find("filterState"), value => value.GetString() ?? ""),
        };
        tls?.Complete();
        var request = new RouteRequest
        {
            Authority = json.Text("authority") ?? "",
            Path = json.Text("path"),
            Method = json.Text("method") ?? "",
            Scheme = json.Text("scheme") ?? "",
            Headers = ReadHeaders(json, "headers"),
            RandomValue = Number(json.Find("randomValue")),
            RuntimeOverrides = Map(json.Find("runtimeOverrides"), value => value.GetInt64()),
            ResponseHeaders = ReadHeaders(json, "upstreamResponseHeaders"),
            InsertEnvoyOriginalPath = json.Find("insertEnvoyOriginalPath")?.GetBoolean() ?? true,
            Attributes = attributes,
        };
        json.Complete();
        return request;
    }

    private static ulong Number(JsonElement? value) => value switch
    {
        null => 0,
        { ValueKind: JsonValueKind.String } text => ulong.Parse(text.GetString()!, CultureInfo.InvariantCulture),
        { } number => number.GetUInt64(),
    };

    private static List<KeyValuePair<string, string>> ReadHeaders(StrictJson json, string key)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (StrictJson header in json.Objects(key))
        {
            headers.Add(new(header.Text("name") ?? "", header.Text("value") ?? ""));
            header.Complete();
        }

        return headers;
    }

    private static Dictionary<string, T> Map<T>(JsonElement? element, Func<JsonElement, T> read) =>
        element?.EnumerateObject().ToDictionary(property => property.Name, property => read(property.Value.Clone()), StringComparer.Ordinal) ?? [];
}
