using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.ControlPlane;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class AdmissionTests
{
    [Fact]
    public async Task TheBootstrapNamesTheServer()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { NodeId = "n", NodeCluster = "c", ServerFeatures = ["xds_v3", "ignore_resource_deletion"] });
        using var folder = new TempFolder();
        JsonNode bootstrap = JsonNode.Parse(File.ReadAllText(server.WriteBootstrap(folder["bootstrap.json"])))!;
        Assert.Equal(server.Bootstrap, bootstrap.ToJsonString());
        Assert.Equal(
            $$$"""{"xds_servers":[{"server_uri":"{{{server.Address}}}","channel_creds":[{"type":"insecure"}],"server_features":["xds_v3","ignore_resource_deletion"]}],"node":{"id":"n","cluster":"c"}}""",
            server.Bootstrap);
    }

    [Fact]
    public async Task TlsTokenAndClientCertificateAreWantedAndNamedByTheBootstrap()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using IssuedCertificate certificate = authority.IssueServer();
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { Certificate = certificate, ClientAuthority = authority, BearerToken = "abc" });
        Served.Clusters(server, "a");
        JsonNode named = JsonNode.Parse(server.Bootstrap)!["xds_servers"]![0]!;
        Assert.Equal("tls", (string?)named["channel_creds"]![0]!["type"]);
        JsonNode config = named["channel_creds"]![0]!["config"]!;
        Assert.Equal(certificate.RootPem, File.ReadAllText((string)config["ca_certificate_file"]!));
        Assert.Equal("abc", File.ReadAllText((string)named["call_creds"]![0]!["config"]!["jwt_token_file"]!));
        using IssuedCertificate client = IssuedCertificate.FromPemFiles((string)config["certificate_file"]!, (string)config["private_key_file"]!);

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw, Handler(client.Certificate), "abc"))
        {
            await call.AskAsync(Xds.ClusterType);
            Assert.Equal("a", Served.Names(await call.ReadAsync()));
            Assert.Equal("CN=mesh-testkit", server.Streams[0].ClientSubject);
            Assert.Equal("Bearer abc", server.Streams[0].Headers["authorization"]);
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw, Handler(client.Certificate), "xyz"))
            Assert.Equal(16, (await call.EndAsync()).Status);
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw, Handler(null), "abc"))
            await Assert.ThrowsAnyAsync<Exception>(call.EndAsync);

        SocketsHttpHandler Handler(X509Certificate2? own) => new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = authority.TrustPolicy(),
                ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true),
            },
        };
    }

    [Fact]
    public async Task AUnixSocketServesAsWell()
    {
        using var folder = new TempFolder();
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { UnixSocketPath = folder["ads.sock"], Compresses = true, SendsHeadersAtOnce = true });
        Assert.Equal($"unix:{folder["ads.sock"]}", server.Address);
        Served.Clusters(server, "a");
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw, new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder["ads.sock"]), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        await call.AskAsync(Xds.ClusterType);
        Assert.Equal("a", Served.Names(await call.ReadAsync()));
    }

    [Fact]
    public async Task MessagesThatAreNoneEndTheStream()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { MaxMessageBytes = 100 });
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.SendRawAsync([0, 0, 0, 0, 101]);
            Assert.Equal((8, "a message of 101 bytes; at most 100 are taken"), await call.EndAsync());
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.SendRawAsync([0, 0, 0, 0, 2, 0x0A, 0x7F]);
            Assert.Equal(13, (await call.EndAsync()).Status);
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.SendRawAsync([0, 0, 0]);
            await call.CompleteAsync();
            Assert.Equal((13, "the request ended within a message"), await call.EndAsync());
        }
    }
}
