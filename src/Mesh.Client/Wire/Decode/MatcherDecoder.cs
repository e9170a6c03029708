using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using Mesh.Wire.Protos.Xds.Core.V3;
using Mesh.Wire.Protos.Xds.Type.Matcher.V3;
using static Mesh.Wire.Protos.Xds.Type.Matcher.V3.Matcher.Types;

namespace Mesh.Wire.Decode;

/// <summary><c>xds.type.matcher.v3.Matcher</c>. Trees of trees are refused below a depth of 16 (gRFC A106).</summary>
/// <param name="inputs">What a tree may look at in its place.</param>
/// <param name="action">Reads an action and gives it a number; null after reporting what is wrong with it.</param>
internal sealed class MatcherDecoder(MatchInputKind[] inputs, Func<Any, ErrorCollector, int?> action)
{
    private const int MaxDepth = 16;

    /// <summary>The tree; null when it is refused.</summary>
    public MatcherResource? Decode(Matcher message, ErrorCollector errors) => Decode(message, 1, errors);

    private MatcherResource? Decode(Matcher message, int depth, ErrorCollector errors)
    {
        if (depth > MaxDepth)
        {
            errors.Error($"nested deeper than {MaxDepth}");
            return null;
        }

        MatcherResource? matcher = null;
        switch (message.MatcherTypeCase)
        {
            case Matcher.MatcherTypeOneofCase.MatcherList:
                using (errors.At("matcher_list"))
                {
                    if (message.MatcherList.Matchers.Count == 0)
                        errors.Error("matchers", "at least one is required");
                    matcher = new MatcherResource.List(RouteMatchDecoder.Decode(message.MatcherList.Matchers, "matchers", errors, (each, _) => Decode(each, depth, errors)));
                }

                break;
            case Matcher.MatcherTypeOneofCase.MatcherTree:
                using (errors.At("matcher_tree"))
                    matcher = Decode(message.MatcherTree, depth, errors);
                break;
            default:
                matcher = new MatcherResource.List([]);
                break;
        }

        if (message.OnNoMatch is null)
            return matcher;
        OnMatchResource? rest;
        using (errors.At("on_no_match"))
            rest = Decode(message.OnNoMatch, depth, errors);
        return matcher is null || rest is null ? null : matcher with { OnNoMatch = rest };
    }

    private OnMatchResource? Decode(OnMatch message, int depth, ErrorCollector errors)
    {
        switch (message.OnMatchCase)
        {
            case OnMatch.OnMatchOneofCase.Matcher:
                using (errors.At("matcher"))
                    return Decode(message.Matcher, depth + 1, errors) is { } matcher ? new OnMatchResource(matcher, -1, message.KeepMatching) : null;
            case OnMatch.OnMatchOneofCase.Action:
                using (errors.At("action"))
                {
                    if (!message.Action.TypedConfig.Require("typed_config", errors))
                        return null;
                    using (errors.At("typed_config"))
                        return action(message.Action.TypedConfig, errors) is { } number ? new OnMatchResource(null, number, message.KeepMatching) : null;
                }

            default:
                errors.Error("required: matcher or action");
                return null;
        }
    }

    private FieldMatcherResource? Decode(MatcherList.Types.FieldMatcher message, int depth, ErrorCollector errors)
    {
        PredicateResource? predicate = null;
        OnMatchResource? onMatch = null;
        if (message.Predicate.Require("predicate", errors))
        {
            using (errors.At("predicate"))
                predicate = Decode(message.Predicate, depth, errors);
        }

        if (message.OnMatch.Require("on_match", errors))
        {
            using (errors.At("on_match"))
                onMatch = Decode(message.OnMatch, depth, errors);
        }

        return predicate is null || onMatch is null ? null : new FieldMatcherResource(predicate, onMatch);
    }

    private PredicateResource? Decode(MatcherList.Types.Predicate message, int depth, ErrorCollector errors)
    {
        if (depth > MaxDepth)
        {
            errors.Error($"nested deeper than {MaxDepth}");
            return null;
        }

        switch (message.MatchTypeCase)
        {
            case MatcherList.Types.Predicate.MatchTypeOneofCase.SinglePredicate:
                using (errors.At("single_predicate"))
                    return Decode(message.SinglePredicate, errors);
            case MatcherList.Types.Predicate.MatchTypeOneofCase.OrMatcher:
                return Decode(message.OrMatcher, "or_matcher", depth, errors) is { } any ? new PredicateResource.Or(any) : null;
            case MatcherList.Types.Predicate.MatchTypeOneofCase.AndMatcher:
                return Decode(message.AndMatcher, "and_matcher", depth, errors) is { } all ? new PredicateResource.And(all) : null;
            case MatcherList.Types.Predicate.MatchTypeOneofCase.NotMatcher:
                using (errors.At("not_matcher"))
                    return Decode(message.NotMatcher, depth + 1, errors) is { } inner ? new PredicateResource.Not(inner) : null;
            default:
                errors.Error("required: single_predicate, or_matcher, and_matcher or not_matcher");
                return null;
        }
    }

    private ValueList<PredicateResource>? Decode(MatcherList.Types.Predicate.Types.PredicateList message, string field, int depth, ErrorCollector errors)
    {
        using (errors.At(field))
        {
            if (message.Predicate.Count < 2)
                errors.Error("predicate", "at least two are required");
            int before = errors.ErrorCount;
            ValueList<PredicateResource> list = RouteMatchDecoder.Decode(message.Predicate, "predicate", errors, (each, _) => Decode(each, depth + 1, errors));
            return errors.ErrorCount == before ? list : null;
        }
    }

    private PredicateResource.Single? Decode(MatcherList.Types.Predicate.Types.SinglePredicate message, ErrorCollector errors)
    {
        MatchInputResource? input = Input(message.Input, errors);
        StringMatcherResource? value = null;
        switch (message.MatcherCase)
        {
            case MatcherList.Types.Predicate.Types.SinglePredicate.MatcherOneofCase.ValueMatch:
                using (errors.At("value_match"))
                    value = HeaderMatcherDecoder.Decode(message.ValueMatch, errors);
                break;
            case MatcherList.Types.Predicate.Types.SinglePredicate.MatcherOneofCase.None:
                errors.Error("required: value_match");
                break;
        }

        return input is null || value is null ? null : new PredicateResource.Single(input, value);
    }

    private MatcherResource? Decode(MatcherTree message, int depth, ErrorCollector errors)
    {
        MatchInputResource? input = Input(message.Input, errors);
        switch (message.TreeTypeCase)
        {
            case MatcherTree.TreeTypeOneofCase.ExactMatchMap:
                return Decode(message.ExactMatchMap.Map, "exact_match_map", depth, errors) is { } exact && input is not null ? new MatcherResource.Map(input, false, exact) : null;
            case MatcherTree.TreeTypeOneofCase.PrefixMatchMap:
                return Decode(message.PrefixMatchMap.Map, "prefix_match_map", depth, errors) is { } prefixes && input is not null ? new MatcherResource.Map(input, true, prefixes) : null;
            case MatcherTree.TreeTypeOneofCase.CustomMatch:
                using (errors.At("custom_match"))
                {
                    if (!message.CustomMatch.TypedConfig.Require("typed_config", errors))
                        return null;
                    using (errors.At("typed_config"))
                        return Custom(message.CustomMatch.TypedConfig, input, depth, errors);
                }

            default:
                errors.Error("required: exact_match_map, prefix_match_map or custom_match");
                return null;
        }
    }

    private ValueList<KeyValuePair<string, OnMatchResource>>? Decode(MapField<string, OnMatch> map, string field, int depth, ErrorCollector errors)
    {
        using (errors.At(field))
        {
            if (map.Count == 0)
                errors.Error("map", "at least one entry is required");
            int before = errors.ErrorCount;
            var entries = new List<KeyValuePair<string, OnMatchResource>>(map.Count);
            foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                using (errors.At("map", key))
                {
                    if (Decode(value, depth, errors) is { } onMatch)
                        entries.Add(KeyValuePair.Create(key, onMatch));
                }
            }

            return errors.ErrorCount == before ? entries.ToValueList() : null;
        }
    }

    private MatcherResource? Custom(Any config, MatchInputResource? input, int depth, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        MatcherResource? matcher = null;
        if (AnyDecoder.TypeName(config.TypeUrl) == ServerNameMatcher.Descriptor.FullName)
        {
            if (AnyDecoder.Open<ServerNameMatcher>(config, errors) is { } names && input is not null)
                matcher = new MatcherResource.ServerNames(input, Decode(names, depth, errors));
        }
        else if (AnyDecoder.TypeName(config.TypeUrl) == IPMatcher.Descriptor.FullName)
        {
            if (AnyDecoder.Open<IPMatcher>(config, errors) is { } addresses && input is not null)
                matcher = new MatcherResource.Addresses(input, RouteMatchDecoder.Decode(addresses.RangeMatchers, "range_matchers", errors, (each, _) => Decode(each, depth, errors)));
        }
        else
        {
            errors.Error($"'{config.TypeUrl}' is not supported here; allowed are {IPMatcher.Descriptor.FullName} and {ServerNameMatcher.Descriptor.FullName}");
        }

        return errors.ErrorCount == before ? matcher : null;
    }

    private AddressRangesResource? Decode(IPMatcher.Types.IPRangeMatcher message, int depth, ErrorCollector errors)
    {
        if (message.Ranges.Count == 0)
            errors.Error("ranges", "at least one is required");
        ValueList<CidrRangeResource> ranges = ValueMatcherDecoder.Decode(message.Ranges, errors);
        if (!message.OnMatch.Require("on_match", errors))
            return null;
        using (errors.At("on_match"))
            return Decode(message.OnMatch, depth, errors) is { } onMatch ? new AddressRangesResource(ranges, onMatch, message.Exclusive) : null;
    }

    private ValueList<KeyValuePair<string, OnMatchResource>> Decode(ServerNameMatcher message, int depth, ErrorCollector errors)
    {
        var domains = new Dictionary<string, OnMatchResource>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < message.DomainMatchers.Count; i++)
        {
            using (errors.At("domain_matchers", i))
            {
                ServerNameMatcher.Types.DomainMatcher each = message.DomainMatchers[i];
                if (each.Domains.Count == 0)
                    errors.Error("domains", "at least one is required");
                OnMatchResource? onMatch = null;
                if (each.OnMatch.Require("on_match", errors))
                {
                    using (errors.At("on_match"))
                        onMatch = Decode(each.OnMatch, depth, errors);
                }

                for (int j = 0; j < each.Domains.Count && onMatch is not null; j++)
                {
                    string domain = each.Domains[j];
                    using (errors.At("domains", j))
                    {
                        if (domain.Length == 0 || (domain != "*" && (domain.StartsWith("*.", StringComparison.Ordinal) ? domain.AsSpan(2) : domain).ContainsAny("*")) || domain == "*.")
                            errors.Error($"'{domain}' is no domain; allowed are names, *.suffix and *");
                        else if (!domains.TryAdd(domain, onMatch))
                            errors.Error($"'{domain}' stands here already");
                    }
                }
            }
        }

        return domains.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToValueList();
    }

    private MatchInputResource? Input(TypedExtensionConfig? message, ErrorCollector errors)
    {
        if (!message.Require("input", errors))
            return null;
        using (errors.At("input"))
        {
            if (!message.TypedConfig.Require("typed_config", errors))
                return null;
            using (errors.At("typed_config"))
            {
                string type = AnyDecoder.TypeName(message.TypedConfig.TypeUrl);
                if (type == HttpRequestHeaderMatchInput.Descriptor.FullName && AnyDecoder.Open<HttpRequestHeaderMatchInput>(message.TypedConfig, errors) is { } header)
                    return Input(MatchInputKind.Header, header.HeaderName.ToLowerInvariant(), "header_name", errors);
                if (type == FilterStateInput.Descriptor.FullName && AnyDecoder.Open<FilterStateInput>(message.TypedConfig, errors) is { } state)
                    return Input(MatchInputKind.FilterState, state.Key, "key", errors);
                if (type == HttpRequestQueryParamMatchInput.Descriptor.FullName && inputs.Contains(MatchInputKind.QueryParameter)
                    && AnyDecoder.Open<HttpRequestQueryParamMatchInput>(message.TypedConfig, errors) is { } parameter)
                {
                    return Input(MatchInputKind.QueryParameter, parameter.QueryParam, "query_param", errors);
                }

                errors.Error($"'{message.TypedConfig.TypeUrl}' is not supported here; allowed are {string.Join(", ", inputs.Select(NameOf))}");
                return null;
            }
        }
    }

    private static MatchInputResource? Input(MatchInputKind kind, string name, string field, ErrorCollector errors)
    {
        if (!name.Require(field, errors))
            return null;
        if (kind == MatchInputKind.Header && !HeaderMutationsDecoder.IsToken(name.StartsWith(':') ? name[1..] : name))
            errors.Error(field, $"'{name}' is not a valid header name");
        return new MatchInputResource(kind, name);
    }

    private static string NameOf(MatchInputKind kind) => kind switch
    {
        MatchInputKind.Header => HttpRequestHeaderMatchInput.Descriptor.FullName,
        MatchInputKind.QueryParameter => HttpRequestQueryParamMatchInput.Descriptor.FullName,
        _ => FilterStateInput.Descriptor.FullName,
    };
}
