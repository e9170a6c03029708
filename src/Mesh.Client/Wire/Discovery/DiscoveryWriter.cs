using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Status = Mesh.Wire.Protos.Google.Rpc.Status;

namespace Mesh.Wire.Discovery;

/// <summary>What a client says on a stream of the state of the world.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="Version">The version accepted last; empty before the first.</param>
/// <param name="Nonce">The newest nonce of the type on this stream; empty before the first.</param>
/// <param name="Names">All the names; empty at first for every resource of the type.</param>
/// <param name="Error">Why the response of the nonce is refused; null accepts it.</param>
internal sealed record SotwRequest(string TypeUrl, string Version, string Nonce, IReadOnlyCollection<string> Names, string? Error);

/// <summary>What a client says on a delta stream.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="Nonce">The response it answers; empty when it answers none.</param>
/// <param name="Subscribe">Names to add.</param>
/// <param name="Unsubscribe">Names to take away.</param>
/// <param name="Versions">On the first request of a type: what is held already.</param>
/// <param name="Error">Why the response of the nonce is refused; null accepts it.</param>
internal sealed record DeltaRequest(
    string TypeUrl,
    string Nonce,
    IReadOnlyCollection<string> Subscribe,
    IReadOnlyCollection<string> Unsubscribe,
    IReadOnlyCollection<KeyValuePair<string, string>> Versions,
    string? Error);

/// <summary>Writes the messages of an ADS client. The node goes with the first of a stream only.</summary>
internal static class DiscoveryWriter
{
    public const string SotwMethod = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
    public const string DeltaMethod = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

    /// <summary>INVALID_ARGUMENT, the code that clients refuse responses with.</summary>
    private const int InvalidArgument = 3;

    public static byte[] Write(SotwRequest request, NodeIdentity? node) => new DiscoveryRequest
    {
        TypeUrl = request.TypeUrl,
        VersionInfo = request.Version,
        ResponseNonce = request.Nonce,
        ResourceNames = { request.Names },
        ErrorDetail = ErrorOf(request.Error),
        Node = Encode(node),
    }.ToByteArray();

    public static byte[] Write(DeltaRequest request, NodeIdentity? node)
    {
        var message = new DeltaDiscoveryRequest
        {
            TypeUrl = request.TypeUrl,
            ResponseNonce = request.Nonce,
            ResourceNamesSubscribe = { request.Subscribe },
            ResourceNamesUnsubscribe = { request.Unsubscribe },
            ErrorDetail = ErrorOf(request.Error),
            Node = Encode(node),
        };
        foreach (var (name, version) in request.Versions)
            message.InitialResourceVersions[name] = version;
        return message.ToByteArray();
    }

    public static Node? Encode(NodeIdentity? node) => node is null ? null : new Node
    {
        Id = node.Id,
        Cluster = node.Cluster,
        Locality = node.Region.Length + node.Zone.Length + node.SubZone.Length == 0 ? null : new Locality { Region = node.Region, Zone = node.Zone, SubZone = node.SubZone },
        Metadata = node.MetadataJson is { } json ? JsonParser.Default.Parse<Struct>(json) : null,
        UserAgentName = node.UserAgentName,
        UserAgentVersion = node.UserAgentVersion,
        ClientFeatures = { node.Features },
    };

    private static Status? ErrorOf(string? error) => error is null ? null : new Status { Code = InvalidArgument, Message = error };
}
