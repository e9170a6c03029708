using System.Net;
using Google.Protobuf.Collections;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using Mesh.Wire.Protos.Xds.Core.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>MetadataMatcher</c>, <c>ValueMatcher</c> and <c>FilterStateMatcher</c>.</summary>
internal static class ValueMatcherDecoder
{
    private const int MaxDepth = 16;

    public static MetadataMatcherResource? Decode(MetadataMatcher message, ErrorCollector errors)
    {
        message.Filter.Require("filter", errors);
        if (message.Path.Count == 0)
            errors.Error("path", "at least one segment is required");
        for (int i = 0; i < message.Path.Count; i++)
        {
            using (errors.At("path", i))
                message.Path[i].Key.Require("key", errors);
        }

        if (!message.Value.Require("value", errors))
            return null;
        using (errors.At("value"))
        {
            return Decode(message.Value, 0, errors) is { } value
                ? new MetadataMatcherResource(message.Filter, message.Path.Select(segment => segment.Key).ToValueList(), value, message.Invert)
                : null;
        }
    }

    public static FilterStateMatcherResource? Decode(FilterStateMatcher message, ErrorCollector errors)
    {
        message.Key.Require("key", errors);
        switch (message.MatcherCase)
        {
            case FilterStateMatcher.MatcherOneofCase.StringMatch:
                using (errors.At("string_match"))
                    return HeaderMatcherDecoder.Decode(message.StringMatch, errors) is { } value ? new FilterStateMatcherResource(message.Key, value, []) : null;
            case FilterStateMatcher.MatcherOneofCase.AddressMatch:
                using (errors.At("address_match"))
                    return new FilterStateMatcherResource(message.Key, null, Decode(message.AddressMatch.Ranges, errors));
            default:
                errors.Error("required: string_match or address_match");
                return null;
        }
    }

    /// <summary>Ranges of addresses, in a field named <c>ranges</c>.</summary>
    public static ValueList<CidrRangeResource> Decode(RepeatedField<CidrRange> messages, ErrorCollector errors)
    {
        var ranges = new List<CidrRangeResource>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            using (errors.At("ranges", i))
            {
                string prefix = messages[i].AddressPrefix;
                uint length = messages[i].PrefixLen ?? 0;
                if (!IPAddressText.TryParse(prefix, out IPAddress? address))
                    errors.Error("address_prefix", $"'{prefix}' is no IP address; allowed: four decimal numbers, as 10.0.0.0, or an IPv6 address");
                else if (length > (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128))
                    errors.Error("prefix_len", $"{length} is more than the address has bits");
                else
                    ranges.Add(new CidrRangeResource(Truncate(address, (int)length)));
            }
        }

        return ranges.ToValueList();
    }

    private static IPNetwork Truncate(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static ValueMatcherResource? Decode(ValueMatcher message, int depth, ErrorCollector errors)
    {
        if (depth > MaxDepth)
        {
            errors.Error($"nested deeper than {MaxDepth}");
            return null;
        }

        switch (message.MatchPatternCase)
        {
            case ValueMatcher.MatchPatternOneofCase.NullMatch:
                return new ValueMatcherResource.Null();
            case ValueMatcher.MatchPatternOneofCase.DoubleMatch when message.DoubleMatch.MatchPatternCase == DoubleMatcher.MatchPatternOneofCase.Exact:
                return new ValueMatcherResource.Exact(message.DoubleMatch.Exact);
            case ValueMatcher.MatchPatternOneofCase.DoubleMatch when message.DoubleMatch.MatchPatternCase == DoubleMatcher.MatchPatternOneofCase.Range:
                return new ValueMatcherResource.Range(message.DoubleMatch.Range.Start, message.DoubleMatch.Range.End);
            case ValueMatcher.MatchPatternOneofCase.DoubleMatch:
                errors.Error("double_match", "required: range or exact");
                return null;
            case ValueMatcher.MatchPatternOneofCase.StringMatch:
                using (errors.At("string_match"))
                    return HeaderMatcherDecoder.Decode(message.StringMatch, errors) is { } text ? new ValueMatcherResource.Text(text) : null;
            case ValueMatcher.MatchPatternOneofCase.BoolMatch:
                return new ValueMatcherResource.Flag(message.BoolMatch);
            case ValueMatcher.MatchPatternOneofCase.PresentMatch:
                return new ValueMatcherResource.Present(message.PresentMatch);
            case ValueMatcher.MatchPatternOneofCase.ListMatch:
                using (errors.At("list_match"))
                {
                    if (!message.ListMatch.OneOf.Require("one_of", errors))
                        return null;
                    return Decode(message.ListMatch.OneOf, depth + 1, errors) is { } item ? new ValueMatcherResource.OneOfList(item) : null;
                }

            case ValueMatcher.MatchPatternOneofCase.OrMatch:
                return DecodeOr(message.OrMatch, depth, errors);
            default:
                errors.Error("a pattern is required: null_match, double_match, string_match, bool_match, present_match, list_match or or_match");
                return null;
        }
    }

    private static ValueMatcherResource.Or DecodeOr(OrMatcher message, int depth, ErrorCollector errors)
    {
        using (errors.At("or_match"))
        {
            if (message.ValueMatchers.Count < 2)
                errors.Error("value_matchers", "at least two are required");
            var any = new List<ValueMatcherResource>(message.ValueMatchers.Count);
            for (int i = 0; i < message.ValueMatchers.Count; i++)
            {
                using (errors.At("value_matchers", i))
                {
                    if (Decode(message.ValueMatchers[i], depth + 1, errors) is { } value)
                        any.Add(value);
                }
            }

            return new ValueMatcherResource.Or(any.ToValueList());
        }
    }
}
