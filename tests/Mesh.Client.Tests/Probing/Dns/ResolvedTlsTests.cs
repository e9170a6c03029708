using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mesh.Endpoints;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Mesh.Transport;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>Connections to an address that was resolved from a name, where the cluster says neither <c>sni</c> nor whose certificates it takes.</summary>
public sealed class ResolvedTlsTests : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task TheNameIsSentAndVerified()
    {
        using IssuedCertificate certificate = _authority.IssueServer("shop.test");
        await using TestServer server = await TestServer.StartAsync(options => options.Certificate = certificate);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, certificate));
        Assert.Equal("shop.test", server.Records.Single().ServerName);
    }

    /// <summary>A name server must not be able to choose whom we trust: that a peer bears its address proves nothing.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("other.test")]
    public async Task APeerWithoutTheNameIsRefused(string name)
    {
        using IssuedCertificate certificate = _authority.IssueServer(name);
        await using TestServer server = await TestServer.StartAsync(options => options.Certificate = certificate);
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(server, certificate));
        Assert.Contains("do not hold the name asked for", EndpointConnectException.Find(refused)?.Message, StringComparison.Ordinal);
        Assert.Empty(server.Records);
    }

    private static async Task<HttpStatusCode> CallAsync(TestServer server, IssuedCertificate certificate)
    {
        using X509Certificate2 root = X509Certificate2.CreateFromPem(certificate.RootPem);
        var identity = new TlsIdentity { Sni = "", Protocols = SslProtocols.None, Roots = [root] };
        var endpoint = new EndpointResource("127.0.0.1", server.Port) { DnsName = "shop.test" };
        var settings = new TransportSettings(new ClusterResource { Name = "c", Type = DiscoveryType.StrictDns }, identity, 1);
        var pool = new EndpointPool(endpoint, new EndpointState(endpoint.Address), settings, TimeProvider.System, null, _ => { });
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{pool.Scheme}://endpoint/");
            using HttpResponseMessage response = await pool.Invoker.SendAsync(request, CancellationToken.None);
            return response.StatusCode;
        }
        finally
        {
            pool.Close();
        }
    }
}
