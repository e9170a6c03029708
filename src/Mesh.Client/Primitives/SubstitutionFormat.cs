using System.Collections.Frozen;
using System.Globalization;

namespace Mesh.Primitives;

/// <summary>One part of a format: a text, or a variable with its argument and the length its value is cut to.</summary>
internal readonly record struct FormatPart(string Text, string Variable, string Argument, int MaxLength)
{
    public bool IsText => Variable.Length == 0;
}

/// <summary>
/// Envoy's substitution format: text with variables as <c>%REQ(x-user):8%</c>; <c>%%</c> is a percent sign. It knows what may be
/// asked for; what a request answers is for whoever has one.
/// </summary>
internal sealed class SubstitutionFormat
{
    /// <summary>The variables that have a value in a client.</summary>
    private static readonly FrozenSet<string> OfClients = FrozenSet.Create(
        StringComparer.Ordinal,
        "REQ", "RESP", "PATH", "QUERY_PARAM", "QUERY_PARAMS", "RESPONSE_CODE", "ROUTE_NAME", "VIRTUAL_CLUSTER_NAME", "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW",
        "UPSTREAM_HOST", "HOSTNAME", "ENVIRONMENT", "TRACE_ID", "LOCAL_REPLY_BODY", "METADATA", "VIRTUAL_HOST_NAME");

    /// <summary>Those only a proxy knows; or not yet here.</summary>
    private static readonly FrozenSet<string> OfProxies = FrozenSet.Create(
        StringComparer.Ordinal,
        "ACCESS_LOG_TYPE", "BYTES_RECEIVED", "BYTES_RETRANSMITTED", "BYTES_SENT", "CLUSTER_METADATA", "COMMON_DURATION", "CONNECTION_ID",
        "CONNECTION_TERMINATION_DETAILS", "CUSTOM_FLAGS", "DURATION", "DYNAMIC_METADATA", "EMIT_TIME", "FILTER_CHAIN_NAME", "FILTER_STATE", "GRPC_STATUS",
        "GRPC_STATUS_NUMBER", "PACKETS_RETRANSMITTED", "PER_REQUEST_STATE", "PROTOCOL", "REQUESTED_SERVER_NAME", "REQUEST_DURATION",
        "REQUEST_HEADERS_BYTES", "REQUEST_TX_DURATION", "RESPONSE_CODE_DETAILS", "RESPONSE_DURATION", "RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG",
        "RESPONSE_HEADERS_BYTES", "RESPONSE_TRAILERS_BYTES", "RESPONSE_TX_DURATION", "ROUNDTRIP_DURATION", "START_TIME", "START_TIME_LOCAL", "STREAM_ID",
        "TLS_JA3_FINGERPRINT", "TLS_JA4_FINGERPRINT", "TRAILER", "UNIQUE_ID", "WIRE_BYTES_RECEIVED", "WIRE_BYTES_SENT");

    private static readonly FrozenSet<string> NeedArgument = FrozenSet.Create(StringComparer.Ordinal, "REQ", "RESP", "QUERY_PARAM", "ENVIRONMENT", "METADATA");

    private SubstitutionFormat(string text, FormatPart[] parts)
    {
        Text = text;
        Parts = parts;
    }

    public string Text { get; }

    public FormatPart[] Parts { get; }

    /// <summary>The variables that have no value here, each once.</summary>
    public IEnumerable<string> WithoutValue => Parts.Where(part => !part.IsText && !HasValue(part)).Select(part => part.Variable).Distinct(StringComparer.Ordinal);

    /// <summary>Whether it is a plain text after all.</summary>
    public bool IsConstant => Array.TrueForAll(Parts, part => part.IsText);

    /// <summary>The text of a constant one.</summary>
    public string Constant => string.Concat(Parts.Select(part => part.Text));

    /// <summary>Reads a format; null with what is wrong.</summary>
    public static SubstitutionFormat? Parse(string text, out string error)
    {
        error = "";
        var parts = new List<FormatPart>();
        int at = 0;
        while (at < text.Length)
        {
            int percent = text.IndexOf('%', at);
            if (percent < 0 || percent > at)
            {
                parts.Add(new FormatPart(percent < 0 ? text[at..] : text[at..percent], "", "", 0));
                at = percent < 0 ? text.Length : percent;
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                parts.Add(new FormatPart("%", "", "", 0));
                at += 2;
                continue;
            }

            if (!TryReadVariable(text, ref at, out FormatPart part, out error))
                return null;
            parts.Add(part);
        }

        return new SubstitutionFormat(text, [.. parts]);
    }

    private static bool TryReadVariable(string text, ref int at, out FormatPart part, out string error)
    {
        part = default;
        int name = at + 1, end = name;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        string variable = text[name..end] switch
        {
            "REQUEST_HEADER" => "REQ",
            "RESPONSE_HEADER" => "RESP",
            var other => other,
        };
        string argument = "";
        if (!IsKnown(variable))
        {
            error = variable.Length == 0
                ? "a single '%' starts no variable; write %% for a percent sign"
                : $"'%{variable}%' is no variable of Envoy's formats; write %% for a percent sign";
            return false;
        }

        if (end < text.Length && text[end] == '(')
        {
            int close = text.IndexOf(')', end);
            if (close < 0)
            {
                error = $"'%{variable}(' has no ')'";
                return false;
            }

            argument = text[(end + 1)..close];
            end = close + 1;
        }

        int length = -1;
        if (end < text.Length && text[end] == ':')
        {
            int digits = ++end;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (!int.TryParse(text.AsSpan(digits, end - digits), NumberStyles.None, CultureInfo.InvariantCulture, out length))
            {
                error = $"'%{variable}:' is followed by no length";
                return false;
            }
        }

        if (end >= text.Length || text[end] != '%')
        {
            error = $"'%{variable}' has no closing '%'";
            return false;
        }

        if (variable is "REQ" or "RESP" && argument.AsSpan().Count('?') > 1)
        {
            error = $"'%{variable}({argument})%' has more than one alternative";
            return false;
        }

        error = NeedArgument.Contains(variable) && argument.Length == 0 ? $"'%{variable}%' needs an argument, as %{variable}(NAME)%" : "";
        part = new FormatPart("", variable, argument, length);
        at = end + 1;
        return error.Length == 0;
    }

    // Of the metadata there are, a client has that of its own configuration.
    private static bool HasValue(FormatPart part) => part.Variable == "METADATA"
        ? part.Argument.StartsWith("ROUTE:", StringComparison.Ordinal) || part.Argument.StartsWith("VIRTUAL_HOST:", StringComparison.Ordinal)
        : OfClients.Contains(part.Variable);

    private static bool IsKnown(string variable) =>
        OfClients.Contains(variable) || OfProxies.Contains(variable)
        || ((variable.StartsWith("DOWNSTREAM_", StringComparison.Ordinal) || variable.StartsWith("UPSTREAM_", StringComparison.Ordinal)) && variable.Length > 11);
}
