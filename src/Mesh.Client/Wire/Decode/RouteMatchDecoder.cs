using Google.Protobuf.Collections;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Match.UriTemplate.V3;
using Mesh.Wire.Protos.Envoy.Type.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RouteMatch</c>. What this version cannot match is refused by the scan of its marks: a match is never widened.</summary>
internal static class RouteMatchDecoder
{
    /// <summary>The match; null when it is refused.</summary>
    public static RouteMatchResource? Decode(RouteMatch message, XdsDialect dialect, ErrorCollector errors)
    {
        var (kind, path) = Path(message, errors);
        if (dialect == XdsDialect.Grpc && kind is PathMatchKind.PathSeparatedPrefix or PathMatchKind.Template or PathMatchKind.Connect)
            errors.Error($"{message.PathSpecifierCase.ProtoName().ToLowerInvariant()} is no path specifier of gRPC (gRFC A28); prefix, path and safe_regex are");
        FractionResource? fraction = null;
        if (message.RuntimeFraction is { } runtime)
        {
            using (errors.At("runtime_fraction"))
                fraction = Decode(runtime, errors);
        }

        var match = new RouteMatchResource
        {
            PathKind = kind,
            Path = path ?? "",
            CaseSensitive = message.CaseSensitive ?? true,
            Headers = Decode(message.Headers, "headers", errors, HeaderMatcherDecoder.Decode),
            QueryParameters = Decode(message.QueryParameters, "query_parameters", errors, Decode),
            Cookies = Decode(message.Cookies, "cookies", errors, Decode),
            Grpc = message.Grpc is not null,
            RuntimeFraction = fraction,
            TlsContext = message.TlsContext is { } tls ? new TlsContextMatchResource(tls.Presented, tls.Validated) : null,
            DynamicMetadata = Decode(message.DynamicMetadata, "dynamic_metadata", errors, ValueMatcherDecoder.Decode),
            FilterState = Decode(message.FilterState, "filter_state", errors, ValueMatcherDecoder.Decode),
        };
        return path is null ? null : match;
    }

    /// <summary>A list whose every entry is read, with its place; refused ones are left out.</summary>
    public static ValueList<TTo> Decode<TFrom, TTo>(RepeatedField<TFrom> from, string field, ErrorCollector errors, Func<TFrom, ErrorCollector, TTo?> decode)
        where TTo : class
    {
        if (from.Count == 0)
            return [];
        var list = new List<TTo>(from.Count);
        for (int i = 0; i < from.Count; i++)
        {
            using (errors.At(field, i))
            {
                if (decode(from[i], errors) is { } item)
                    list.Add(item);
            }
        }

        return list.ToValueList();
    }

    private static (PathMatchKind Kind, string? Path) Path(RouteMatch message, ErrorCollector errors)
    {
        switch (message.PathSpecifierCase)
        {
            case RouteMatch.PathSpecifierOneofCase.Prefix:
                return (PathMatchKind.Prefix, message.Prefix);
            case RouteMatch.PathSpecifierOneofCase.Path:
                return (PathMatchKind.Exact, message.Path);
            case RouteMatch.PathSpecifierOneofCase.PathSeparatedPrefix:
                string prefix = message.PathSeparatedPrefix;
                if (prefix.Length < 2 || prefix[^1] == '/' || prefix.AsSpan().ContainsAny('?', '#'))
                    errors.Error("path_separated_prefix", $"'{prefix}' must not hold '?' or '#' nor end with '/', and be longer than one character");
                return (PathMatchKind.PathSeparatedPrefix, prefix);
            case RouteMatch.PathSpecifierOneofCase.SafeRegex:
                using (errors.At("safe_regex"))
                    return (PathMatchKind.Regex, RegexDecoder.Decode(message.SafeRegex, errors));
            case RouteMatch.PathSpecifierOneofCase.PathMatchPolicy:
                using (errors.At("path_match_policy"))
                    return (PathMatchKind.Template, Template(message.PathMatchPolicy, errors));
            case RouteMatch.PathSpecifierOneofCase.ConnectMatcher:
                return (PathMatchKind.Connect, "");
            case RouteMatch.PathSpecifierOneofCase.None:
                errors.Error("a path specifier is required: prefix, path, path_separated_prefix, safe_regex, path_match_policy or connect_matcher");
                return default;
            default:
                return default;
        }
    }

    private static string? Template(TypedExtensionConfig policy, ErrorCollector errors)
    {
        if (!policy.TypedConfig.Require("typed_config", errors))
            return null;
        using (errors.At("typed_config"))
        {
            if (AnyDecoder.Open<UriTemplateMatchConfig>(policy.TypedConfig, errors) is not { } config)
                return null;
            if (UriTemplate.Parse(config.PathTemplate, out string error) is not null)
                return config.PathTemplate;
            errors.Error("path_template", $"'{config.PathTemplate}': {error}");
            return null;
        }
    }

    /// <summary>A fraction by its default, for a client has no runtime; null after reporting what is wrong with it.</summary>
    public static FractionResource? Decode(RuntimeFractionalPercent message, ErrorCollector errors) =>
        message.DefaultValue.Require("default_value", errors) ? Decode(message.DefaultValue, "default_value", errors) : null;

    public static FractionResource? Decode(FractionalPercent message, string field, ErrorCollector errors)
    {
        uint? denominator = message.Denominator switch
        {
            FractionalPercent.Types.DenominatorType.Hundred => 100,
            FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
            FractionalPercent.Types.DenominatorType.Million => 1_000_000,
            _ => null,
        };
        if (denominator is null)
            errors.Error($"{field}.denominator", $"{(int)message.Denominator} is not known; allowed are HUNDRED, TEN_THOUSAND and MILLION");
        return denominator is { } of ? new FractionResource(message.Numerator, of) : null;
    }

    public static QueryParameterMatcherResource? Decode(QueryParameterMatcher message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.Name.Length > 1024)
            errors.Error("name", $"{message.Name.Length} characters; at most 1024 are allowed");
        if (message.QueryParameterMatchSpecifierCase != QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.StringMatch)
        {
            bool absent = message.QueryParameterMatchSpecifierCase == QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.PresentMatch && !message.PresentMatch;
            return new QueryParameterMatcherResource(message.Name, null, !absent);
        }

        using (errors.At("string_match"))
            return HeaderMatcherDecoder.Decode(message.StringMatch, errors) is { } value ? new QueryParameterMatcherResource(message.Name, value, true) : null;
    }

    private static CookieMatcherResource? Decode(CookieMatcher message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (!message.StringMatch.Require("string_match", errors))
            return null;
        using (errors.At("string_match"))
            return HeaderMatcherDecoder.Decode(message.StringMatch, errors) is { } value ? new CookieMatcherResource(message.Name, value, message.InvertMatch) : null;
    }
}
