using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Xunit;

namespace Mesh.Client.Tests.Identity;

/// <summary>Certificates from files, variables and inline text; the same bytes are the same identity.</summary>
public sealed class TlsIdentityLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly IssuedCertificate _leaf;
    private readonly TlsIdentityLoader _loader = new();

    public TlsIdentityLoaderTests() => _leaf = _authority.IssueClient("leaf");

    public void Dispose()
    {
        _leaf.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void NothingIsTheSystemsRootsAndTheNameSent()
    {
        TlsIdentity identity = Load(new TlsContextResource { Sni = "a", Protocols = SslProtocols.Tls13 });
        Assert.Equal(("a", SslProtocols.Tls13), (identity.Sni, identity.Protocols));
        Assert.Null(identity.Certificate);
        Assert.Null(identity.Roots);
        Assert.Null(identity.SubjectAltNames);
    }

    [Fact]
    public void NamesMayBeEveryoneOfATrustedChain() =>
        Assert.Empty(Load(new TlsContextResource { Validation = new() { TrustedCa = Inline(_leaf.RootPem) } }).SubjectAltNames!);

    [Fact]
    public void SourcesOfEveryKindAreRead()
    {
        File.WriteAllText(_folder["key.pem"], _leaf.KeyPem);
        string variable = $"MESH_TEST_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(variable, _leaf.RootPem);
        TlsIdentity identity = Load(Context(Inline(_leaf.ChainPem), FileAt("key.pem"), ca: new DataSourceResource(null, null, variable)));
        Environment.SetEnvironmentVariable(variable, null);
        Assert.Equal(_leaf.Certificate.Thumbprint, identity.Certificate?.TargetCertificate.Thumbprint);
        Assert.Equal(_authority.Root.Thumbprint, Assert.Single(identity.Roots!).Thumbprint);
    }

    [Fact]
    public void AnIntermediateIsSentAlong()
    {
        using CertificateAuthority below = _authority.CreateIntermediate();
        using IssuedCertificate leaf = below.IssueClient("below");
        TlsIdentity identity = Load(Context(Inline(leaf.ChainPem), Inline(leaf.KeyPem)));
        Assert.Equal(below.Certificate.Thumbprint, Assert.Single(identity.Certificate!.IntermediateCertificates).Thumbprint);
    }

    [Theory]
    [InlineData("secret", true)]
    [InlineData("secret\n", true)]
    [InlineData("wrong", false)]
    public void AKeyMayBeEncrypted(string password, bool loads)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_leaf.KeyPem);
        string encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        var errors = new ErrorCollector();
        Assert.Equal(loads, _loader.Load(Context(Inline(_leaf.ChainPem), Inline(encrypted), Inline(password)), errors) is not null);
        Assert.Equal(!loads, errors.HasErrors);
    }

    [Fact]
    public void TheSameBytesAreTheSameIdentity()
    {
        File.WriteAllText(_folder["ca.pem"], _leaf.RootPem);
        var context = new TlsContextResource { Validation = new() { TrustedCa = FileAt("ca.pem") } };
        TlsIdentity first = Load(context);
        File.WriteAllText(_folder["ca.pem"], _leaf.RootPem);
        Assert.Same(first, Load(context with { }));

        File.AppendAllText(_folder["ca.pem"], "\n");
        Assert.NotSame(first, Load(context));
    }

    [Fact]
    public void WhatIsNotInUseIsForgotten()
    {
        var context = new TlsContextResource { Sni = "a" };
        TlsIdentity first = Load(context);
        _loader.Keep(new HashSet<TlsContextResource> { context });
        Assert.Same(first, Load(context));
        _loader.Keep(new HashSet<TlsContextResource>());
        Assert.NotSame(first, Load(context));
    }

    [Fact]
    public void EveryMissingPartIsNamed()
    {
        var errors = new ErrorCollector();
        Assert.Null(_loader.Load(Context(FileAt("chain.pem"), new(null, null, "MESH_TEST_UNSET"), ca: FileAt("ca.pem")), errors));
        Assert.Equal(
            [$"certificate_chain: {_folder["chain.pem"]} cannot be read", "private_key: the environment variable MESH_TEST_UNSET is not set", $"trusted_ca: {_folder["ca.pem"]} cannot be read"],
            errors.Items.Select(error => error.ToString().Split(": Could not")[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n")]
    public void WhatIsNoCertificateIsAnError(string text)
    {
        AssertRefused(Context(Inline(text), Inline(_leaf.KeyPem)), "certificate_chain: no usable certificate and key: ");
        AssertRefused(new TlsContextResource { Validation = new() { TrustedCa = Inline(text) } }, "trusted_ca: ");
    }

    [Fact]
    public void AKeyOfAnotherCertificateIsAnError()
    {
        using IssuedCertificate other = _authority.IssueClient("other");
        AssertRefused(Context(Inline(_leaf.ChainPem), Inline(other.KeyPem)), "certificate_chain: no usable certificate and key: ");
        AssertRefused(Context(Inline(_leaf.ChainPem), Inline("")), "certificate_chain: no usable certificate and key: ");
    }

    [Fact]
    public void ALargeFileIsNotRead()
    {
        using (FileStream file = File.OpenWrite(_folder["ca.pem"]))
            file.SetLength(100L << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(new TlsContextResource { Validation = new() { TrustedCa = FileAt("ca.pem") } }, $"trusted_ca: {_folder["ca.pem"]} has 104857600 bytes; at most 1048576 are allowed");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    [Fact]
    public void AnErrorShowsNoKey()
    {
        var errors = new ErrorCollector();
        _loader.Load(Context(Inline(_leaf.ChainPem), Inline("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"), Inline("pass")), errors);
        Assert.All(errors.Items, error => Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal));
        Assert.NotEmpty(errors.Items);
    }

    private static TlsContextResource Context(DataSourceResource chain, DataSourceResource key, DataSourceResource? password = null, DataSourceResource? ca = null) =>
        new() { Certificate = new(chain, key, password), Validation = ca is null ? null : new() { TrustedCa = ca } };

    private static DataSourceResource Inline(string text) => new(null, new([.. Encoding.UTF8.GetBytes(text)]), null);

    private DataSourceResource FileAt(string name) => new(_folder[name], null, null);

    private TlsIdentity Load(TlsContextResource context)
    {
        var errors = new ErrorCollector();
        TlsIdentity? identity = _loader.Load(context, errors);
        Assert.Empty(errors.Items);
        return identity!;
    }

    private void AssertRefused(TlsContextResource context, string error)
    {
        var errors = new ErrorCollector();
        Assert.Null(_loader.Load(context, errors));
        Assert.StartsWith(error, Assert.Single(errors.Items).ToString(), StringComparison.Ordinal);
    }
}
