using System.Text.Json;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Names;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Names of resources: how they are read, and how they are made of hosts.</summary>
internal static class GrpcNameSuites
{
    public static IEnumerable<CaseResult> Names(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            XdstpName found = XdstpName.Parse(each.Text("in") ?? "");
            StrictJson want = each.Object("want") ?? throw new CaseFormatException($"{name}: want is missing");
            var parameters = want.Find("ContextParams")?.EnumerateObject().Select(entry => $"{entry.Name}={entry.Value.GetString()}") ?? [];
            string wanted = $"{want.Text("Scheme")}|{want.Text("Authority")}|{want.Text("Type")}|{want.Text("ID")}|{string.Join('&', parameters.Order(StringComparer.Ordinal))}|{each.Text("wantStr")}";

            // grpc-go keeps a directive aside; neither of us writes or compares it.
            want.Find("processingDirective");
            want.Complete();
            each.Complete();
            var own = found.ContextParameters.Select(entry => $"{entry.Key}={entry.Value}");
            string actual = $"{(found.IsXdstp ? "xdstp" : "")}|{found.Authority}|{found.Type}|{found.Id}|{string.Join('&', own)}|{found.Canonical}";
            yield return CaseResult.Of(name, wanted == actual, $"expected {wanted}, was {actual}");
        }
    }

    public static IEnumerable<CaseResult> Templates(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            var (wanted, found) = each.Find("dialTarget") is null ? Populated(each) : OfTarget(each);
            each.Complete();
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    private static (string? Wanted, string? Found) Populated(StrictJson each)
    {
        // Without a template the case asks for the encoding alone.
        string target = each.Text("target") ?? "";
        string found = each.Text("template") is { } template ? ResourceTemplate.Populate(template, target) : ResourceTemplate.Encode(target);
        return (each.Text("want") ?? "", found);
    }

    /// <summary>The listener of a dial target; the authority beside it has the template that authorities have when none is given.</summary>
    private static (string? Wanted, string? Found) OfTarget(StrictJson each)
    {
        string target = each.Text("dialTarget")!;
        string extra = each.Text("extraAuthority") ?? "";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("xds_servers");
            writer.WriteRawValue("""[{"server_uri": "s:1", "channel_creds": [{"type": "insecure"}]}]""");
            writer.WriteString("client_default_listener_resource_name_template", each.Text("listenerResourceNameTemplate"));
            writer.WriteStartObject("authorities");
            if (extra.Length > 0)
            {
                writer.WriteStartObject(extra);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        string wanted = string.Join(", ", each.Find("wantResourceNames")?.EnumerateArray().Select(item => item.GetString()) ?? []);
        BootstrapReading reading = BootstrapReader.Read(buffer.ToArray());
        if (reading.Bootstrap is null || !ListenerNames.TryParseTarget(target, out string authority, out string host))
            return (wanted, $"no target or no bootstrap: {target} {string.Join(", ", reading.Findings)}");
        var errors = new ErrorCollector();
        return (wanted, ListenerNames.For(reading.Bootstrap, authority, host, errors) ?? errors.Items[0].ToString());
    }
}
