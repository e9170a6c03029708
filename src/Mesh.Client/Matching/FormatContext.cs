using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>What the variables of a format stand for in one request (Envoy's access log format, command operators).</summary>
internal readonly struct FormatContext(in RequestView request)
{
    private readonly RequestView Request { get; init; } = request;

    public HttpResponseMessage? Response { get; init; }

    public string RouteName { get; init; } = "";

    public string Cluster { get; init; } = "";

    public string? VirtualCluster { get; init; }

    /// <summary>The address of the endpoint, once there is one.</summary>
    public string? UpstreamHost { get; init; }

    public string VirtualHost { get; init; } = "";

    /// <summary><c>Route.metadata</c>.</summary>
    public MetadataResource RouteMetadata { get; init; } = MetadataResource.None;

    /// <summary><c>VirtualHost.metadata</c>.</summary>
    public MetadataResource HostMetadata { get; init; } = MetadataResource.None;

    /// <summary>The body of an answer that a format wraps.</summary>
    public string LocalReplyBody { get; init; } = "";

    /// <summary>The same of a request with other headers.</summary>
    public FormatContext With(HttpHeaders own, HttpHeaders? ofContent) => this with { Request = Request.With(own, ofContent) };

    /// <summary>A format's text in this request; <paramref name="absent"/> stands for a variable without a value.</summary>
    public string Evaluate(SubstitutionFormat format, string absent = "")
    {
        var text = new StringBuilder();
        foreach (FormatPart part in format.Parts)
        {
            if (part.IsText)
                text.Append(part.Text);
            else if (Value(part) is not { } value)
                text.Append(absent);
            else
                text.Append(part.MaxLength < 0 || part.MaxLength >= value.Length ? value : value[..part.MaxLength]);
        }

        return text.ToString();
    }

    /// <summary>A variable's value; null when the request has none.</summary>
    public string? Value(FormatPart part) => part.Variable switch
    {
        "REQ" => FirstOf(part.Argument, RequestHeader),
        "RESP" => FirstOf(part.Argument, ResponseHeader),
        "PATH" => PathOf(part.Argument),
        "QUERY_PARAM" => RequestValues.TryFindParameter(Request, part.Argument, out ReadOnlySpan<char> parameter) ? parameter.ToString() : null,
        "QUERY_PARAMS" => Request.Query.ToString(),
        "RESPONSE_CODE" => ((int?)Response?.StatusCode)?.ToString(CultureInfo.InvariantCulture),
        "ROUTE_NAME" => RouteName,
        "VIRTUAL_CLUSTER_NAME" => VirtualCluster,
        "VIRTUAL_HOST_NAME" => VirtualHost,
        "METADATA" => Metadata(part.Argument.Split(':')),
        "UPSTREAM_CLUSTER" or "UPSTREAM_CLUSTER_RAW" => Cluster,
        "UPSTREAM_HOST" => UpstreamHost,
        "HOSTNAME" => Environment.MachineName,
        "ENVIRONMENT" => Environment.GetEnvironmentVariable(part.Argument),
        "TRACE_ID" => Activity.Current?.TraceId.ToString(),
        "LOCAL_REPLY_BODY" => LocalReplyBody,
        _ => null,
    };

    /// <summary>A variable's value as JSON, where it is more than a text; null where it is a text, or none.</summary>
    public string? Json(FormatPart part) => part.Variable switch
    {
        "RESPONSE_CODE" => Value(part),
        "METADATA" => Metadata(part.Argument.Split(':'), asJson: true),
        _ => null,
    };

    /// <summary><c>X?Y</c>: the first header, else the second.</summary>
    private static string? FirstOf(string argument, Func<string, string?> find)
    {
        int or = argument.IndexOf('?', StringComparison.Ordinal);
        return or < 0 ? find(argument) : find(argument[..or]) ?? find(argument[(or + 1)..]);
    }

    private string? RequestHeader(string name) => Request.Find(name.ToLowerInvariant());

    private string? ResponseHeader(string name)
    {
        if (Response is not { } response)
            return null;
        if (response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
            return values.First();
        return null;
    }

    /// <summary><c>X:Y</c>: X is WQ (with the query) or NQ, Y is ORIG, PATH or ORIG_OR_PATH.</summary>
    private string PathOf(string argument)
    {
        string[] options = argument.Split(':');
        string path = options is [_, "ORIG" or "ORIG_OR_PATH"] ? Request.Find("x-envoy-original-path") ?? (options[1] == "ORIG" ? "" : Request.Path) : Request.Path;
        return options[0] == "NQ" && path.AsSpan().IndexOfAny('?', '#') is var end and >= 0 ? path[..end] : path;
    }

    /// <summary><c>ROUTE:namespace:key:key</c>: a text as it is, anything else as JSON.</summary>
    public string? Metadata(string[] path, bool asJson = false)
    {
        MetadataResource metadata = path[0] == "ROUTE" ? RouteMetadata : path[0] == "VIRTUAL_HOST" ? HostMetadata : MetadataResource.None;
        foreach (var (name, json) in metadata.Namespaces)
        {
            if (path.Length < 2 || name != path[1])
                continue;
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement value = document.RootElement;
            foreach (string key in path.AsSpan(2))
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value))
                    return null;
            }

            return asJson || value.ValueKind != JsonValueKind.String ? value.GetRawText() : value.GetString();
        }

        return null;
    }
}
