using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.TestKit.Certificates;
using Xunit;

namespace Mesh.Client.Tests.Identity;

/// <summary>The names of a certificate; a broken extension holds none, so that nothing matches it.</summary>
public sealed class SubjectAltNameTests
{
    [Fact]
    public void EveryKindIsRead()
    {
        using var authority = CertificateAuthority.Create();
        using IssuedCertificate issued = authority.IssueServer("shop.example", "*.shop.example", "127.0.0.1", "::1", "spiffe://t/shop");
        Assert.Equal(
            [
                new(SanType.Dns, "shop.example"), new(SanType.Dns, "*.shop.example"), new(SanType.IpAddress, "127.0.0.1"), new(SanType.IpAddress, "::1"),
                new(SanType.Uri, "spiffe://t/shop"),
            ],
            SubjectAltName.Of(issued.Certificate));
    }

    [Fact]
    public void WithoutTheExtensionThereAreNone()
    {
        using var authority = CertificateAuthority.Create();
        Assert.Empty(SubjectAltName.Of(authority.Certificate));
    }

    [Theory]
    [InlineData("3000")] // an empty list
    [InlineData("30058203612E62FF")] // a name and bytes behind the list
    [InlineData("300782056100")] // a list longer than its bytes
    [InlineData("30048202FFFE")] // bytes that are no IA5 text
    [InlineData("30058703010203")] // an address of three bytes
    [InlineData("0403612E62")] // no list at all
    [InlineData("30020201")] // a number, cut short
    public void AMalformedExtensionHoldsNone(string hex)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", Convert.FromHexString(hex), critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Assert.Empty(SubjectAltName.Of(certificate));
    }
}
