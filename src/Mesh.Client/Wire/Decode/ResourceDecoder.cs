using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using Mesh.Wire.Text;
using Mesh.Wire.Validate;

namespace Mesh.Wire.Decode;

/// <summary>
/// The one decoder: wire bytes of a resource become our record of it, whatever source they came from. A resource with an error is
/// not taken; all its errors are gathered. It never throws.
/// </summary>
internal sealed class ResourceDecoder(ResourceSet into, ErrorCollector errors)
{
    /// <summary>The number of the name in every resource.</summary>
    private const int NameField = 1;

    private readonly WireScan _scan = new(TypeRegistry.Default, errors);

    /// <summary>The resource types, by full name.</summary>
    public static IReadOnlyList<string> TypeNames { get; } =
    [
        Listener.Descriptor.FullName, RouteConfiguration.Descriptor.FullName, Cluster.Descriptor.FullName,
        ClusterLoadAssignment.Descriptor.FullName, Secret.Descriptor.FullName,
    ];

    /// <summary>The file being read; null when there is none.</summary>
    public string? File { get; init; }

    /// <summary>How resources are read.</summary>
    public DecoderSettings Settings { get; init; } = DecoderSettings.Default;

    /// <summary>Decodes one resource of one of <see cref="TypeNames"/> and gives its name; empty when it has none.</summary>
    public string Decode(string typeName, ReadOnlySpan<byte> wire)
    {
        if (typeName == Listener.Descriptor.FullName)
            return Decode(wire, Listener.Parser, "Listener", m => m.Name, into.Listeners, (m, _) => ListenerDecoder.Decode(m, Settings, errors), ReduceListener);
        else if (typeName == RouteConfiguration.Descriptor.FullName)
            return Decode(wire, RouteConfiguration.Parser, "RouteConfiguration", m => m.Name, into.RouteConfigurations, (m, _) => RouteConfigurationDecoder.Decode(m, Settings, errors));
        else if (typeName == Cluster.Descriptor.FullName)
            return Decode(wire, Cluster.Parser, "Cluster", m => m.Name, into.Clusters, (m, unsupported) => ClusterDecoder.Decode(m, Settings, unsupported, errors), ReduceCluster);
        else if (typeName == ClusterLoadAssignment.Descriptor.FullName)
            return Decode(wire, ClusterLoadAssignment.Parser, "ClusterLoadAssignment", m => m.ClusterName, into.Endpoints, (m, _) => EndpointsDecoder.Decode(m, Settings, errors));
        else if (typeName == Secret.Descriptor.FullName)
            return Decode(wire, Secret.Parser, "Secret", m => m.Name, into.Secrets, (m, _) => SecretDecoder.Decode(m, Settings.BaseDirectory, errors));
        else
            errors.Error("@type", $"'{typeName}' is no resource; allowed are {string.Join(", ", TypeNames)}");
        return "";
    }

    /// <summary>Notes that a resource stands here whose text has errors, so that what names it is not blamed too.</summary>
    public void Refuse(string typeName, ReadOnlySpan<byte> wire)
    {
        if (PeekName(wire) is { Length: > 0 } name)
            into.Refused.Add($"{typeName[(typeName.LastIndexOf('.') + 1)..]} '{name}'");
    }

    /// <summary>The name of a resource of any type, without decoding it; empty where none can be read.</summary>
    public static string PeekName(ReadOnlySpan<byte> wire)
    {
        string name = "";
        var reader = new WireReader(wire);
        while (reader.Read())
        {
            // The last one counts, as in the parser.
            if (reader is { Number: NameField, WireType: WireFormat.WireType.LengthDelimited })
                name = System.Text.Encoding.UTF8.GetString(reader.Value);
        }

        return name;
    }

    private string Decode<TMessage, TResource>(
        ReadOnlySpan<byte> wire,
        MessageParser<TMessage> parser,
        string kind,
        Func<TMessage, string> nameOf,
        Dictionary<string, TResource> resources,
        Func<TMessage, Unsupportable, TResource?> decode,
        Reduction<TMessage, TResource>? reduce = null)
        where TMessage : class, IMessage<TMessage>, new()
        where TResource : class
    {
        int before = errors.ErrorCount;
        TMessage message;
        try
        {
            // What is reduced is written again, and must keep its unknown fields for the scan.
            message = parser.WithDiscardUnknownFields(reduce is null || !Settings.ForProxy).ParseFrom(wire);
        }
        catch (InvalidProtocolBufferException e)
        {
            errors.Error($"malformed {kind}: {e.Message}");
            return "";
        }

        string name = nameOf(message);
        into.Wire?.Add(new WireResource(message.Descriptor.FullName, name, wire.ToArray()));
        string owner = $"{kind} '{name}'";
        bool isFirst = into.Origins.TryAdd(owner, new ResourceOrigin(File, errors.DocumentPath));
        using (errors.Owner(owner))
        {
            bool isReduced = false;
            TResource? resource = Settings.ForProxy && reduce is not null ? reduce(message, out isReduced) : null;
            resource ??= ScanAndDecode(message, isReduced ? message.ToByteArray() : wire, decode);
            if (name.Length == 0 && errors.ErrorCount == before)
                errors.Error("name", "required, and must not be empty");
            if (!isFirst && name.Length > 0)
                errors.Error("name", $"another {kind} has this name already; names must be unique");
            if (resource is not null && errors.ErrorCount == before)
                resources.Add(name, resource);
            else
                into.Refused.Add(owner);
        }

        return name;
    }

    private TResource? ScanAndDecode<TMessage, TResource>(TMessage message, ReadOnlySpan<byte> wire, Func<TMessage, Unsupportable, TResource?> decode)
        where TMessage : class, IMessage<TMessage>
        where TResource : class
    {
        // Of a cluster and its endpoints what is missing makes them ones that cannot be called; of listeners and routes it would change where calls go.
        List<string>? tolerated = Settings.ForProxy && message is (Cluster or ClusterLoadAssignment) ? [] : null;
        _scan.Scan(wire, MessageTable.For(message.Descriptor), tolerated);
        var unsupported = new Unsupportable(Settings);
        if (tolerated is [var first, ..])
            unsupported.Because(first);
        return decode(message, unsupported);
    }

    private ListenerResource? ReduceListener(Listener message, out bool changed)
    {
        changed = message.Name.Length > 0;
        return !changed || ProxyListener.Reduce(message, errors) ? null : new ListenerResource { Name = message.Name, IsForProxyOnly = true };
    }

    private ClusterResource? ReduceCluster(Cluster message, out bool changed)
    {
        changed = message.EdsClusterConfig?.EdsConfig is { } source && ProxyManager.UseAds(source, "eds_cluster_config.eds_config", errors);
        return null;
    }

    /// <summary>Takes out of a message what only concerns a proxy; gives the resource where nothing is left to decode.</summary>
    private delegate TResource? Reduction<in TMessage, out TResource>(TMessage message, out bool changed)
        where TResource : class;
}
