using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Mesh.Primitives;

namespace Mesh.Matching;

/// <summary>What the variables of a format stand for in one request (Envoy's access log format, command operators).</summary>
internal readonly struct FormatContext(in RequestView request)
{
    private readonly RequestView _request = request;

    public HttpResponseMessage? Response { get; init; }

    public string RouteName { get; init; } = "";

    public string Cluster { get; init; } = "";

    public string? VirtualCluster { get; init; }

    /// <summary>The address of the endpoint, once there is one.</summary>
    public string? UpstreamHost { get; init; }

    /// <summary>The body of an answer that a format wraps.</summary>
    public string LocalReplyBody { get; init; } = "";

    /// <summary>A format's text in this request; a variable without a value is empty.</summary>
    public string Evaluate(SubstitutionFormat format)
    {
        var text = new StringBuilder();
        foreach (FormatPart part in format.Parts)
        {
            string value = part.IsText ? part.Text : Value(part) ?? "";
            text.Append(part.IsText || part.MaxLength < 0 || part.MaxLength >= value.Length ? value : value[..part.MaxLength]);
        }

        return text.ToString();
    }

    private string? Value(FormatPart part) => part.Variable switch
    {
        "REQ" => FirstOf(part.Argument, Request),
        "RESP" => FirstOf(part.Argument, ResponseHeader),
        "PATH" => PathOf(part.Argument),
        "QUERY_PARAM" => QueryParameter(part.Argument),
        "QUERY_PARAMS" => _request.Query.ToString(),
        "RESPONSE_CODE" => ((int?)Response?.StatusCode)?.ToString(CultureInfo.InvariantCulture),
        "ROUTE_NAME" => RouteName,
        "VIRTUAL_CLUSTER_NAME" => VirtualCluster,
        "UPSTREAM_CLUSTER" or "UPSTREAM_CLUSTER_RAW" => Cluster,
        "UPSTREAM_HOST" => UpstreamHost,
        "HOSTNAME" => Environment.MachineName,
        "ENVIRONMENT" => Environment.GetEnvironmentVariable(part.Argument),
        "TRACE_ID" => Activity.Current?.TraceId.ToString(),
        "LOCAL_REPLY_BODY" => LocalReplyBody,
        _ => null,
    };

    /// <summary><c>X?Y</c>: the first header, else the second.</summary>
    private static string? FirstOf(string argument, Func<string, string?> find)
    {
        int or = argument.IndexOf('?', StringComparison.Ordinal);
        return or < 0 ? find(argument) : find(argument[..or]) ?? find(argument[(or + 1)..]);
    }

    private string? Request(string name) => _request.Find(name.ToLowerInvariant());

    private string? ResponseHeader(string name)
    {
        if (Response is not { } response)
            return null;
        if (response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
            return string.Join(',', (IEnumerable<string>)values);
        return null;
    }

    /// <summary><c>X:Y</c>: X is WQ (with the query) or NQ, Y is ORIG, PATH or ORIG_OR_PATH.</summary>
    private string PathOf(string argument)
    {
        string[] options = argument.Split(':');
        string path = options is [_, "ORIG" or "ORIG_OR_PATH"] ? _request.Find("x-envoy-original-path") ?? (options[1] == "ORIG" ? "" : _request.Path) : _request.Path;
        return options[0] == "NQ" && path.AsSpan().IndexOfAny('?', '#') is var end and >= 0 ? path[..end] : path;
    }

    private string? QueryParameter(string name)
    {
        foreach (Range range in _request.Query.Split('&'))
        {
            ReadOnlySpan<char> parameter = _request.Query[range];
            int equals = parameter.IndexOf('=');
            if (equals >= 0 && parameter[..equals].SequenceEqual(name))
                return parameter[(equals + 1)..].ToString();
        }

        return null;
    }
}
