using Google.Protobuf;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.TestKit.ControlPlane.Streams;

/// <summary>A response without its nonce: a message, and the encoded resources that follow it as more of its fields.</summary>
/// <param name="Head">A <see cref="DiscoveryResponse"/> or <see cref="DeltaDiscoveryResponse"/>; written to while it is encoded, so no two streams share one.</param>
/// <param name="Elements">Its resources, unless they are in the message.</param>
/// <param name="Revision">The server's revision it shows.</param>
internal sealed record Response(IMessage Head, IReadOnlyList<ReadOnlyMemory<byte>> Elements, long Revision)
{
    public string Version => Head switch
    {
        DiscoveryResponse response => response.VersionInfo,
        DeltaDiscoveryResponse response => response.SystemVersionInfo,
        _ => "",
    };

    public string Nonce => Head switch
    {
        DiscoveryResponse response => response.Nonce,
        DeltaDiscoveryResponse response => response.Nonce,
        _ => "",
    };

    /// <summary>Its bytes with a nonce.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Encode(string nonce)
    {
        if (Head is DiscoveryResponse response)
            response.Nonce = nonce;
        else if (Head is DeltaDiscoveryResponse delta)
            delta.Nonce = nonce;
        return [Head.ToByteArray(), .. Elements];
    }
}

/// <summary>A response that somebody made by hand.</summary>
/// <param name="Response">Makes it when it is its turn; null where the stream is not meant.</param>
/// <param name="AtOnce">Whether it does not wait for the reply to the one before.</param>
/// <param name="KeepsNonce">Whether its own nonce is sent, be it empty, in place of the stream's next.</param>
internal sealed record CraftedResponse(Func<Subscription, Response?> Response, bool AtOnce, bool KeepsNonce = false);

/// <summary>A response that was sent and not answered yet.</summary>
internal sealed record SentResponse(string Nonce, string Version, Response Response);
