using Mesh.Snapshots;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Another certificate is another generation of connections; the same bytes are the same one, and half a file is none.</summary>
public sealed class CertificateReloadTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly StoreUnderTest _store = new();

    public CertificateReloadTests()
    {
        Write(_authority.IssueClient("one"));
        _store.Put(TlsCluster("a"), Xds.Cluster("plain", "127.0.0.1:9"));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TheFilesInUseAreKnown() =>
        Assert.Equal([_folder["ca.pem"], _folder["cert.pem"], _folder["key.pem"]], _store.Store.CertificateFiles.Order(StringComparer.Ordinal));

    [Fact]
    public void AnotherCertificateIsANewGeneration()
    {
        Cluster before = _store.Cluster("a"), plain = _store.Cluster("plain");
        Write(_authority.IssueClient("two"));
        Assert.Empty(_store.Refresh());
        Cluster after = _store.Cluster("a");
        Assert.NotSame(before.Transport, after.Transport);
        Assert.Contains("two", after.Transport.Tls?.Certificate?.TargetCertificate.Subject, StringComparison.Ordinal);
        Assert.Contains("one", before.Transport.Tls?.Certificate?.TargetCertificate.Subject, StringComparison.Ordinal);
        Assert.Same(before.Endpoints[0], after.Endpoints[0]);
        Assert.Same(plain, _store.Cluster("plain"));
        Assert.Empty(_store.Removed);
    }

    [Fact]
    public void TheSameBytesAreTheSameSnapshot()
    {
        MeshSnapshot before = _store.Snapshot;
        foreach (string file in _store.Store.CertificateFiles)
            File.WriteAllBytes(file, File.ReadAllBytes(file));
        Assert.Empty(_store.Refresh());
        Assert.Same(before, _store.Snapshot);
    }

    [Fact]
    public void OtherRootsAreANewGeneration()
    {
        Cluster before = _store.Cluster("a");
        using var other = CertificateAuthority.Create("Other");
        File.WriteAllText(_folder["ca.pem"], other.Root.ExportCertificatePem());
        Assert.Empty(_store.Refresh());
        Assert.NotSame(before.Transport, _store.Cluster("a").Transport);
    }

    [Theory]
    [InlineData("cert.pem", 0.5)]
    [InlineData("cert.pem", 0)]
    [InlineData("key.pem", 0.5)]
    [InlineData("key.pem", 0)]
    [InlineData("ca.pem", 0.5)]
    [InlineData("ca.pem", 0)]
    public void HalfAFileKeepsTheOldOne(string name, double part)
    {
        MeshSnapshot before = _store.Snapshot;
        string whole = File.ReadAllText(_folder[name]);
        File.WriteAllText(_folder[name], whole[..(int)(whole.Length * part)]);
        Assert.StartsWith("Cluster 'a': transport_socket.", Assert.Single(_store.Refresh()), StringComparison.Ordinal);
        Assert.Same(before, _store.Snapshot);

        File.WriteAllText(_folder[name], whole);
        Assert.Empty(_store.Refresh());
        Assert.Same(before, _store.Snapshot);
    }

    [Fact]
    public void ACertificateWithoutItsKeyYetKeepsTheOldOne()
    {
        MeshSnapshot before = _store.Snapshot;
        using IssuedCertificate next = _authority.IssueClient("two");
        File.WriteAllText(_folder["cert.pem"], next.ChainPem);
        Assert.StartsWith("Cluster 'a': transport_socket.certificate_chain: no usable certificate and key: ", Assert.Single(_store.Refresh()), StringComparison.Ordinal);
        Assert.Same(before, _store.Snapshot);

        File.WriteAllText(_folder["key.pem"], next.KeyPem);
        Assert.Empty(_store.Refresh());
        Assert.NotSame(before.FindCluster("a")!.Transport, _store.Cluster("a").Transport);
    }

    [Fact]
    public void ADeletedFileKeepsTheOldOne()
    {
        MeshSnapshot before = _store.Snapshot;
        File.Delete(_folder["ca.pem"]);
        Assert.StartsWith($"Cluster 'a': transport_socket.trusted_ca: {_folder["ca.pem"]} cannot be read: ", Assert.Single(_store.Refresh()), StringComparison.Ordinal);
        Assert.Same(before, _store.Snapshot);
    }

    [Fact]
    public void ClustersOfOneContextShareOneIdentity()
    {
        _store.Put(TlsCluster("a"), TlsCluster("b"));
        Assert.Same(_store.Cluster("a").Transport.Tls, _store.Cluster("b").Transport.Tls);
    }

    [Fact]
    public void AnotherNameToVerifyIsANewGeneration()
    {
        TransportSettings before = _store.Cluster("a").Transport;
        _store.Put(TlsCluster("a").Replace("exact: peer", "exact: other", StringComparison.Ordinal));
        Assert.NotSame(before, _store.Cluster("a").Transport);
    }

    private void Write(IssuedCertificate certificate)
    {
        using (certificate)
        {
            File.WriteAllText(_folder["cert.pem"], certificate.ChainPem);
            File.WriteAllText(_folder["key.pem"], certificate.KeyPem);
            File.WriteAllText(_folder["ca.pem"], certificate.RootPem);
        }
    }

    private string TlsCluster(string name) => Xds.ClusterWith(
        name,
        $"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, common_tls_context: {{"
        + $"tls_certificates: [{{certificate_chain: {FileAt("cert.pem")}, private_key: {FileAt("key.pem")}}}], "
        + $"validation_context: {{trusted_ca: {FileAt("ca.pem")}, match_typed_subject_alt_names: [{{san_type: DNS, matcher: {{exact: peer}}}}]}}}}}}}}, ",
        "127.0.0.1:1");

    private string FileAt(string name) => $"{{filename: {Xds.Quote(_folder[name])}}}";
}
