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

    public ValueTask DisposeAsync()
    {
        Certificate.Dispose();
        _authority.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
