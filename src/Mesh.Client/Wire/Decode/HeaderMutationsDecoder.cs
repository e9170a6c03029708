using System.Buffers;
using System.Text;
using Google.Protobuf.Collections;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>HeaderValueOption</c> and the names to remove, as every level of a route configuration has them.</summary>
internal static class HeaderMutationsDecoder
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> ForbiddenInValues = SearchValues.Create("\0\r\n");

    public static HeaderMutationsResource Decode(
        RepeatedField<HeaderValueOption> requestAdd,
        RepeatedField<string> requestRemove,
        RepeatedField<HeaderValueOption> responseAdd,
        RepeatedField<string> responseRemove,
        ErrorCollector errors)
    {
        if (requestAdd.Count + requestRemove.Count + responseAdd.Count + responseRemove.Count == 0)
            return HeaderMutationsResource.None;
        return new HeaderMutationsResource
        {
            RequestAdd = DecodeAdd(requestAdd, "request_headers_to_add", errors),
            RequestRemove = DecodeRemove(requestRemove, "request_headers_to_remove", errors),
            ResponseAdd = DecodeAdd(responseAdd, "response_headers_to_add", errors),
            ResponseRemove = DecodeRemove(responseRemove, "response_headers_to_remove", errors),
        };
    }

    /// <summary>Whether a text may be the name of a header field (RFC 9110, 5.1).</summary>
    public static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters);

    private static ValueList<HeaderToAddResource> DecodeAdd(RepeatedField<HeaderValueOption> options, string field, ErrorCollector errors)
    {
        var list = new List<HeaderToAddResource>(options.Count);
        for (int i = 0; i < options.Count; i++)
        {
            using (errors.At(field, i))
            {
                if (Decode(options[i], errors) is { } added)
                    list.Add(added);
            }
        }

        return list.ToValueList();
    }

    /// <summary>One header to add; null after reporting what is wrong with it.</summary>
    public static HeaderToAddResource? Decode(HeaderValueOption option, ErrorCollector errors)
    {
        if (!option.Header.Require("header", errors))
            return null;

        int before = errors.ErrorCount;
        CheckName(option.Header.Key, "header.key", errors);
        string value = option.Header.Value;
        if (!option.Header.RawValue.IsEmpty)
        {
            if (value.Length > 0)
                errors.Error("header.raw_value", "set beside value; only one of them may be set");
            value = Encoding.Latin1.GetString(option.Header.RawValue.Span);
        }

        if (value.Length > 16384)
            errors.Error("header.value", $"{value.Length} characters; at most 16384 are allowed");
        if (value.AsSpan().ContainsAny(ForbiddenInValues))
            errors.Error("header.value", "holds a NUL, CR or LF, which no header value may");
        else if (!Ascii.IsValid(value))
            errors.Error(option.Header.RawValue.IsEmpty ? "header.value" : "header.raw_value", "holds a character outside ASCII, which .NET sends in no header");
        bool isFormat = false;
        if (value.Contains('%', StringComparison.Ordinal) && FormatDecoder.Decode(value, "header.value", errors) is { } format)
        {
            isFormat = !format.IsConstant;
            value = isFormat ? value : format.Constant;
        }

        HeaderAppendAction action = Decode(option.AppendAction, errors);
        if (option.Append is { } append)
        {
            // The deprecated switch; Envoy refuses it beside an append_action that says otherwise.
            if (option.AppendAction != HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd)
                errors.Error("append", "set beside append_action; only one of them may be set");
            else if (!append)
                action = HeaderAppendAction.OverwriteIfExistsOrAdd;
        }

        return errors.ErrorCount > before ? null : new HeaderToAddResource(option.Header.Key, value, action, option.KeepEmptyValue) { IsFormat = isFormat };
    }

    private static HeaderAppendAction Decode(HeaderValueOption.Types.HeaderAppendAction action, ErrorCollector errors)
    {
        switch (action)
        {
            case HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd: return HeaderAppendAction.AppendIfExistsOrAdd;
            case HeaderValueOption.Types.HeaderAppendAction.AddIfAbsent: return HeaderAppendAction.AddIfAbsent;
            case HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd: return HeaderAppendAction.OverwriteIfExistsOrAdd;
            case HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExists: return HeaderAppendAction.OverwriteIfExists;
            default:
                errors.Error("append_action", $"{(int)action} is not known; allowed are 0 to 3");
                return default;
        }
    }

    private static ValueList<string> DecodeRemove(RepeatedField<string> names, string field, ErrorCollector errors)
    {
        for (int i = 0; i < names.Count; i++)
        {
            using (errors.At(field, i))
                CheckName(names[i], "", errors);
        }

        return names.Select(name => name.ToLowerInvariant()).ToValueList();
    }

    /// <summary>Reports what may not be modified: pseudo-headers, the host, and what is no header name.</summary>
    public static void CheckName(string name, string field, ErrorCollector errors)
    {
        if (name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase))
            errors.Error(field, $"'{name}': ':'-prefixed and host headers may not be modified; use host_rewrite_literal for the host");
        else if (!IsToken(name))
            errors.Error(field, $"'{name}' is not a valid header name");
    }

    /// <summary>Reports what is no header name; pseudo-headers are.</summary>
    public static void CheckHeaderName(string name, string field, ErrorCollector errors)
    {
        if (!IsToken(name.StartsWith(':') ? name[1..] : name))
            errors.Error(field, $"'{name}' is not a valid header name");
    }
}
