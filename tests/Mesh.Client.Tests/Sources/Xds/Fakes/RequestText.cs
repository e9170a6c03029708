using System.Text;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>Requests as a test reads them: <c>CDS a b v1 #2 !error node</c>, of delta <c>CDS +a -b =a:1 #2</c>; what is not there is not said.</summary>
internal static class RequestText
{
    public static string Url(string type) => "type.googleapis.com/" + type;

    public static string Of(IMessage message) => message is DeltaDiscoveryRequest delta ? Of(delta) : Of((DiscoveryRequest)message);

    private static string Of(DiscoveryRequest request)
    {
        var text = new StringBuilder(Service(request.TypeUrl));
        foreach (string name in request.ResourceNames.Order(StringComparer.Ordinal))
            text.Append(' ').Append(name);
        if (request.VersionInfo.Length > 0)
            text.Append(" v").Append(request.VersionInfo);
        return End(text, request.ResponseNonce, request.ErrorDetail is not null, request.Node is not null);
    }

    private static string Of(DeltaDiscoveryRequest request)
    {
        var text = new StringBuilder(Service(request.TypeUrl));
        foreach (string name in request.ResourceNamesSubscribe.Order(StringComparer.Ordinal))
            text.Append(" +").Append(name);
        foreach (string name in request.ResourceNamesUnsubscribe.Order(StringComparer.Ordinal))
            text.Append(" -").Append(name);
        foreach (var (name, version) in request.InitialResourceVersions.OrderBy(each => each.Key, StringComparer.Ordinal))
            text.Append(" =").Append(name).Append(':').Append(version);
        return End(text, request.ResponseNonce, request.ErrorDetail is not null, request.Node is not null);
    }

    private static string Service(string url) => ResourceType.Find(url)?.Service ?? url;

    private static string End(StringBuilder text, string nonce, bool refused, bool node)
    {
        if (nonce.Length > 0)
            text.Append(" #").Append(nonce);
        return text.Append(refused ? " !" : "").Append(node ? " node" : "").ToString();
    }
}
