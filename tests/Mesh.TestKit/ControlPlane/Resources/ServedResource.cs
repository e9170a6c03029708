using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.TestKit.ControlPlane.Resources;

/// <summary>
/// One resource as it is sent. Its encodings are fields of the responses they stand in, made once and put behind each other as they
/// are: in protobuf, joined bytes are merged messages.
/// </summary>
internal sealed class ServedResource(string typeName, string name, byte[] bytes)
{
    private ReadOnlyMemory<byte>? _plain;
    private ReadOnlyMemory<byte>? _wrapped;
    private ReadOnlyMemory<byte>? _delta;

    public string TypeName => typeName;

    public string Name => name;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The start of the hash of its bytes: the same content has the same version, whoever serves it.</summary>
    public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));

    /// <summary>How long a client may keep it without hearing of it again; null for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether a wildcard leaves it out.</summary>
    public bool IsForNamedOnly { get; init; }

    /// <summary>An element of <see cref="DiscoveryResponse.Resources"/>.</summary>
    public ReadOnlyMemory<byte> InResponse(bool wrapped) =>
        wrapped || TimeToLive is not null ? _wrapped ??= Element(Wrapped()) : _plain ??= Element(Packed());

    /// <summary>An element of <see cref="DeltaDiscoveryResponse.Resources"/>.</summary>
    public ReadOnlyMemory<byte> InDeltaResponse() => _delta ??= new DeltaDiscoveryResponse { Resources = { Wrapped() } }.ToByteArray();

    /// <summary>The wrapper without the body, which says that nothing changed and that the time to live starts anew.</summary>
    public Resource Heartbeat() => new()
    {
        Name = name,
        Version = Version,
        Ttl = TimeToLive is { } ttl ? Duration.FromTimeSpan(ttl) : null,
    };

    public ServedResource With(TimeSpan? timeToLive) => new(typeName, name, bytes) { TimeToLive = timeToLive, IsForNamedOnly = IsForNamedOnly };

    public bool SameAs(ServedResource other) =>
        Version == other.Version && TimeToLive == other.TimeToLive && IsForNamedOnly == other.IsForNamedOnly;

    private static byte[] Element(Any any) => new DiscoveryResponse { Resources = { any } }.ToByteArray();

    private static byte[] Element(Resource resource) => Element(Any.Pack(resource));

    private Any Packed() => new() { TypeUrl = XdsTypes.UrlOf(typeName), Value = UnsafeByteOperations.UnsafeWrap(bytes) };

    private Resource Wrapped()
    {
        Resource resource = Heartbeat();
        resource.Resource_ = Packed();
        return resource;
    }
}
