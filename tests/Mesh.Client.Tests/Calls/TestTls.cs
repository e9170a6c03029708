using System.Text.Json;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;

namespace Mesh.Client.Tests.Calls;

/// <summary>A server certificate for localhost, and the file of the root to trust.</summary>
internal sealed class TestTls : IAsyncDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public TestTls()
    {
        Certificate = _authority.IssueServer();
        File.WriteAllText(_folder["ca.pem"], Certificate.RootPem);
    }

    public IssuedCertificate Certificate { get; }

    /// <summary>The short form's <c>tls</c> that trusts it.</summary>
    public string Setting => $"tls: {{ ca: {_folder["ca.pem"]}, names: [localhost] }}";

    /// <summary>The <c>transport_socket</c> of a cluster that trusts it, with a comma behind.</summary>
    public string TransportSocket =>
        "transport_socket: {name: tls, typed_config: {" + Xds.Tls + ", sni: localhost, common_tls_context: {validation_context: {trusted_ca: {inline_string: "
        + JsonSerializer.Serialize(Certificate.RootPem) + "}}}}}, ";

    public ValueTask DisposeAsync()
    {
        Certificate.Dispose();
        _authority.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
