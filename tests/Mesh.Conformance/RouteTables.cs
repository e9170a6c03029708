using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Mesh.Wire.ShortForm;

namespace Mesh.Conformance;

/// <summary>Reads and compiles a route configuration of a suite as the library reads and compiles its own.</summary>
internal static class RouteTables
{
    private const string Type = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

    /// <summary>The table, or the errors that refuse it.</summary>
    /// <param name="configuration">The <c>RouteConfiguration</c>.</param>
    /// <param name="knownClusters">The clusters there are; null where every name is one.</param>
    /// <param name="settings">How it is read; null for as a user's file is.</param>
    public static (RouteTable<Route>? Table, IReadOnlyList<string> Errors) Load(JsonObject configuration, IReadOnlyList<string>? knownClusters = null, DecoderSettings? settings = null)
    {
        configuration = (JsonObject)configuration.DeepClone();
        configuration["@type"] = Type;
        if (configuration["name"] is null)
            configuration["name"] = "r";
        if (knownClusters is null)
            configuration["validateClusters"] = false;
        var set = new ResourceSet();
        string text = new JsonObject { ["resources"] = new JsonArray(configuration) }.ToJsonString();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings { Decoder = settings ?? DecoderSettings.Default })
            .Read(Encoding.UTF8.GetBytes(text), yaml: false, file: null, Path.GetTempPath());
        return Compile(set, findings, knownClusters);
    }

    /// <summary>As <see cref="Load(JsonObject, IReadOnlyList{string}, DecoderSettings)"/>, of the wire form.</summary>
    /// <param name="wire">The <c>RouteConfiguration</c>.</param>
    /// <param name="settings">How it is read.</param>
    public static IReadOnlyList<string> ErrorsOf(byte[] wire, DecoderSettings settings)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        new ResourceDecoder(set, errors) { Settings = settings }.Decode("envoy.config.route.v3.RouteConfiguration", wire);
        return Compile(set, errors.Items, []).Errors;
    }

    private static (RouteTable<Route>? Table, IReadOnlyList<string> Errors) Compile(ResourceSet set, IReadOnlyList<ResourceError> findings, IReadOnlyList<string>? knownClusters)
    {
        List<string> errors = [.. findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())];
        if (errors.Count > 0 || set.RouteConfigurations.Values.FirstOrDefault() is not { } resource)
            return (null, errors);
        var compiling = new ErrorCollector();
        var slots = (knownClusters ?? []).Distinct(StringComparer.Ordinal).Select((name, slot) => KeyValuePair.Create(name, slot)).ToFrozenDictionary(StringComparer.Ordinal);
        RouteTable<Route> table = RouteTableCompiler.Compile(resource, slots, compiling);
        errors.AddRange(compiling.Items.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString()));
        return (errors.Count == 0 ? table : null, errors);
    }
}
