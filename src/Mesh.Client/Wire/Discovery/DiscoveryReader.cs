using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.Wire.Discovery;

/// <summary>Reads the messages of an ADS server. Resources stay bytes: whoever keeps them decodes what is new.</summary>
internal static class DiscoveryReader
{
    private static readonly string WrapperName = Resource.Descriptor.FullName;

    /// <summary>Reads a <c>DiscoveryResponse</c>; null, and why, when it is none.</summary>
    public static DiscoveryReply? ReadSotw(ReadOnlyMemory<byte> message, out string? malformed) => Read(message, out malformed, static bytes =>
    {
        DiscoveryResponse response = DiscoveryResponse.Parser.ParseFrom(bytes);
        var resources = new ReceivedResource[response.Resources.Count];
        for (int i = 0; i < resources.Length; i++)
        {
            Any any = response.Resources[i];
            resources[i] = any.TypeUrl.AsSpan(any.TypeUrl.LastIndexOf('/') + 1).SequenceEqual(WrapperName)
                ? Unwrap(Resource.Parser.ParseFrom(any.Value))
                : new ReceivedResource(any.TypeUrl, "", "", any.Value.Memory, null);
        }

        return new DiscoveryReply
        {
            TypeUrl = response.TypeUrl,
            Nonce = response.Nonce,
            Version = response.VersionInfo,
            ControlPlane = response.ControlPlane?.Identifier ?? "",
            Resources = resources,
            Errors = [.. response.ResourceErrors.Select(ReadError)],
        };
    });

    /// <summary>Reads a <c>DeltaDiscoveryResponse</c>; null, and why, when it is none.</summary>
    public static DiscoveryReply? ReadDelta(ReadOnlyMemory<byte> message, out string? malformed) => Read(message, out malformed, static bytes =>
    {
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.Parser.ParseFrom(bytes);
        return new DiscoveryReply
        {
            TypeUrl = response.TypeUrl,
            Nonce = response.Nonce,
            Version = response.SystemVersionInfo,
            ControlPlane = response.ControlPlane?.Identifier ?? "",
            Resources = [.. response.Resources.Select(Unwrap)],
            Removed = [.. response.RemovedResources, .. response.RemovedResourceNames.Select(name => name.Name)],
            Errors = [.. response.ResourceErrors.Select(ReadError)],
        };
    });

    private static DiscoveryReply? Read(ReadOnlyMemory<byte> message, out string? malformed, Func<ReadOnlySequence<byte>, DiscoveryReply> read)
    {
        try
        {
            malformed = null;
            return read(new ReadOnlySequence<byte>(message));
        }
        catch (InvalidProtocolBufferException e)
        {
            malformed = e.Message;
            return null;
        }
    }

    private static ReceivedResource Unwrap(Resource wrapper)
    {
        string name = wrapper.Name.Length > 0 ? wrapper.Name : wrapper.ResourceName?.Name ?? "";
        return new ReceivedResource(wrapper.Resource_?.TypeUrl ?? "", name, wrapper.Version, wrapper.Resource_?.Value.Memory ?? default, TimeToLive(wrapper.Ttl));
    }

    /// <summary>A time to live that is none of a <c>Duration</c>, or not more than zero, is no limit at all: what never was good cannot expire.</summary>
    private static TimeSpan? TimeToLive(Duration? ttl) =>
        ttl is { Seconds: >= 0 and < 315_576_000_000, Nanos: >= 0 and < 1_000_000_000 } && (ttl.Seconds > 0 || ttl.Nanos > 0)
            ? TimeSpan.FromSeconds(ttl.Seconds) + TimeSpan.FromTicks(Math.Max(1, ttl.Nanos / TimeSpan.NanosecondsPerTick))
            : null;

    private static ReceivedError ReadError(ResourceError error) =>
        new(error.ResourceName?.Name ?? "", error.ErrorDetail?.Code ?? 0, error.ErrorDetail?.Message ?? "");
}
