using System.Text.Json;
using Google.Protobuf.Collections;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.Wire.ShortForm;

/// <summary><c>request_headers</c> and <c>response_headers</c>: objects with <c>set</c>, <c>add</c> and <c>remove</c>. Values are taken literally.</summary>
internal static class ShortFormHeaders
{
    public static void Read(ShortFormObject from, string key, RepeatedField<HeaderValueOption> add, RepeatedField<string> remove, ErrorCollector errors)
    {
        if (from.Find(key) is not { } element)
            return;
        using (errors.At(key))
        {
            if (ShortFormObject.Read(element, errors) is not { } headers)
                return;
            Read(headers, "set", HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd, add, errors);
            Read(headers, "add", HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd, add, errors);
            remove.Add(headers.Texts("remove"));
            headers.ReportUnknown();
        }
    }

    private static void Read(
        ShortFormObject headers, string key, HeaderValueOption.Types.HeaderAppendAction action, RepeatedField<HeaderValueOption> add, ErrorCollector errors)
    {
        if (headers.Find(key) is not { } element)
            return;
        using (errors.At(key))
        {
            if (ShortFormObject.Read(element, errors) is not { } values)
                return;
            foreach (JsonProperty header in element.EnumerateObject())
            {
                if (values.Text(header.Name) is { } value)
                {
                    var escaped = new HeaderValue { Key = header.Name, Value = value.Replace("%", "%%", StringComparison.Ordinal) };
                    add.Add(new HeaderValueOption { Header = escaped, AppendAction = action });
                }
            }
        }
    }
}
