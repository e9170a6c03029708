using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using SanMatch = Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher;

namespace Mesh.Wire.ShortForm;

/// <summary>
/// <c>tls</c> of the short form: <c>true</c>, or an object with <c>ca</c>, <c>cert</c>, <c>key</c>, <c>sni</c> and <c>names</c>. Without
/// <c>names</c> the peer must bear the name sent, which without <c>sni</c> is the service's.
/// </summary>
internal static class ShortFormTls
{
    public static TransportSocket? Read(JsonElement element, string service, ErrorCollector errors)
    {
        if (element.ValueKind is JsonValueKind.True || (element.ValueKind == JsonValueKind.String && element.GetString() is "true" or "True"))
            return Socket(new UpstreamTlsContext { Sni = service, CommonTlsContext = Common(null, [service]) });
        if (ShortFormObject.Read(element, errors) is not { } tls)
            return null;

        string? ca = tls.Text("ca"), cert = tls.Text("cert"), key = tls.Text("key");
        string sni = tls.Text("sni") ?? service;
        IReadOnlyList<string> names = tls.Texts("names");
        tls.ReportUnknown();
        if (cert is null != key is null)
            errors.Error(cert is null ? "cert" : "key", "cert and key come together");

        CommonTlsContext common = Common(ca, names.Count > 0 ? names : [sni]);
        if (cert is not null && key is not null)
            common.TlsCertificates.Add(new TlsCertificate { CertificateChain = File(cert), PrivateKey = File(key) });
        return Socket(new UpstreamTlsContext { Sni = sni, CommonTlsContext = common });
    }

    private static CommonTlsContext Common(string? ca, IReadOnlyList<string> names)
    {
        var validation = new CertificateValidationContext();
        if (ca is not null)
            validation.TrustedCa = File(ca);
        else
            validation.SystemRootCerts = new();
        validation.MatchTypedSubjectAltNames.Add(names.Select(name => new SanMatch { SanType = TypeOf(name), Matcher = new StringMatcher { Exact = name } }));
        return new CommonTlsContext { ValidationContext = validation };
    }

    private static SanMatch.Types.SanType TypeOf(string name) =>
        name.Contains("://", StringComparison.Ordinal) ? SanMatch.Types.SanType.Uri
        : IPAddress.TryParse(name, out _) ? SanMatch.Types.SanType.IpAddress
        : SanMatch.Types.SanType.Dns;

    private static DataSource File(string name) => new() { Filename = name };

    private static TransportSocket Socket(UpstreamTlsContext context) => new() { Name = "tls", TypedConfig = Any.Pack(context) };
}
