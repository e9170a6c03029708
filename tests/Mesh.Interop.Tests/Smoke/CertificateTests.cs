using System.Security.Cryptography.X509Certificates;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;

namespace Mesh.Interop.Tests.Smoke;

public sealed class CertificateTests : IDisposable
{
    private readonly CertificateAuthority _root = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ALeafNamesWhatWasAsked()
    {
        using var leaf = _root.IssueServer("orders.test", "*.orders.test", "127.0.0.1", "::1", "spiffe://mesh.test/ns/a/sa/orders");
        var names = leaf.Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["orders.test", "*.orders.test"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(a => a.ToString()));
        Assert.Contains("spiffe://mesh.test/ns/a/sa/orders", System.Text.Encoding.ASCII.GetString(names.RawData), StringComparison.Ordinal);
    }

    [Fact]
    public void ChainsEndAtTheRootAndAtNoOther()
    {
        using var intermediate = _root.CreateIntermediate();
        using var below = intermediate.CreateIntermediate("Second");
        using var leaf = below.IssueServer();
        using var other = CertificateAuthority.Create();

        Assert.Equal(["CN=Second", "CN=Mesh Test Intermediate"], leaf.Intermediates.Select(c => c.Subject));
        Assert.Equal([], Problems(leaf, _root));
        Assert.Contains(X509ChainStatusFlags.PartialChain, Problems(leaf, other));
    }

    [Fact]
    public void ValidityIsChosen()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var expired = _root.Issue(new LeafRequest { NotBefore = now.AddYears(-2), NotAfter = now.AddYears(-1) });
        using var early = _root.Issue(new LeafRequest { NotBefore = now.AddYears(1), NotAfter = now.AddYears(2) });
        Assert.Contains(X509ChainStatusFlags.NotTimeValid, Problems(expired, _root));
        Assert.Contains(X509ChainStatusFlags.NotTimeValid, Problems(early, _root));
    }

    [Fact]
    public void FilesReadBackAndAreReplacedAsOne()
    {
        using var intermediate = _root.CreateIntermediate();
        using var first = intermediate.IssueServer("first.test");
        using var second = intermediate.IssueServer("second.test");
        var files = new PemFolder(_folder["tls"], first);
        using (var read = IssuedCertificate.FromPemFiles(files.CertificateFile, files.KeyFile))
        {
            Assert.Equal(first.Certificate.Thumbprint, read.Certificate.Thumbprint);
            Assert.True(read.Certificate.HasPrivateKey);
            Assert.Equal(intermediate.Certificate.Thumbprint, read.Intermediates.Single().Thumbprint);
        }

        files.Write(second);
        using (var read = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile))
            Assert.Equal(second.Certificate.Thumbprint, read.Thumbprint);
        Assert.Equal(_root.Root.ExportCertificatePem(), File.ReadAllText(files.AuthorityFile));
        var names = Directory.GetFileSystemEntries(_folder["tls"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["..2", "..data", "ca.pem", "cert.pem", "key.pem"], names);
    }

    private static X509ChainStatusFlags[] Problems(IssuedCertificate leaf, CertificateAuthority trust)
    {
        using var chain = new X509Chain { ChainPolicy = trust.TrustPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(leaf.Intermediates);
        chain.Build(leaf.Certificate);
        return [.. chain.ChainStatus.Select(s => s.Status)];
    }
}
