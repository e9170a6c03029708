using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.ControlPlane;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>What an operator is told where a control plane is not to be reached for its security.</summary>
public sealed class CredentialsTests : XdsMeshTest, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task AServerOfAnotherAuthority()
    {
        AdsServer server = await StartTlsAsync();
        using CertificateAuthority other = CertificateAuthority.Create("Somebody Else");
        string root = _folder["other.pem"];
        await System.IO.File.WriteAllTextAsync(root, other.Certificate.ExportCertificatePem());
        string error = await ErrorAsync(Change(server.Bootstrap, node => node["channel_creds"]![0]!["config"]!["ca_certificate_file"] = root));
        Assert.Contains("not trusted", error, StringComparison.Ordinal);
        Assert.Contains("Check the trusted roots", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatSpeaksPlaintext()
    {
        AdsServer tls = await StartTlsAsync(), plain = await StartControlPlaneAsync();
        string error = await ErrorAsync(Change(tls.Bootstrap, node => node["server_uri"] = plain.Address));
        Assert.Contains("TLS", error, StringComparison.Ordinal);
        Assert.Contains("Check", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatSpeaksTlsToAPlaintextClient()
    {
        AdsServer tls = await StartTlsAsync(), plain = await StartControlPlaneAsync();
        string error = await ErrorAsync(Change(plain.Bootstrap, node => node["server_uri"] = tls.Address));
        Assert.Contains(tls.Address, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallWithoutAToken()
    {
        AdsServer server = await StartTlsAsync(Token(TimeSpan.FromHours(1)));
        string error = await ErrorAsync(Change(server.Bootstrap, node => node.AsObject().Remove("call_creds")));
        Assert.Contains("UNAUTHENTICATED", error.ToUpperInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATokenThatHasExpired()
    {
        AdsServer server = await StartTlsAsync(Token(TimeSpan.FromHours(-1)));
        string error = await ErrorAsync(server.Bootstrap);
        Assert.Contains("expired", error, StringComparison.Ordinal);
        Assert.Contains("renew", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATokenFileThatIsNotThere()
    {
        AdsServer server = await StartTlsAsync(Token(TimeSpan.FromHours(1)));
        string error = await ErrorAsync(Change(server.Bootstrap, node => node["call_creds"]![0]!["config"]!["jwt_token_file"] = _folder["nowhere"]));
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGoodTokenOverTlsIsLetIn()
    {
        AdsServer server = await StartTlsAsync(Token(TimeSpan.FromHours(1)));
        Mesh.TestKit.Servers.TestServer backend = await StartServerAsync();
        server.Set(Tree("shop", backend));
        using HttpClient client = Client(await StartXdsAsync(server.Bootstrap));
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
    }

    private static string Token(TimeSpan life)
    {
        string claims = $"{{\"exp\":{DateTimeOffset.UtcNow.Add(life).ToUnixTimeSeconds()}}}";
        return $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
    }

    private static string Change(string bootstrap, Action<JsonNode> change)
    {
        JsonNode node = JsonNode.Parse(bootstrap)!;
        change(node["xds_servers"]![0]!);
        return node.ToJsonString();
    }

    private Task<AdsServer> StartTlsAsync(string? token = null)
    {
        IssuedCertificate certificate = _authority.IssueServer("localhost", "127.0.0.1");
        return StartControlPlaneAsync(new AdsServerOptions { Certificate = certificate, BearerToken = token });
    }

    /// <summary>The error of a host that was declared, as a call, the state and the log tell it.</summary>
    private async Task<string> ErrorAsync(string bootstrap)
    {
        MeshHost host = await StartXdsAsync(bootstrap, options => options.Hosts.Add("shop"));
        using HttpClient client = Client(host);
        using HttpResponseMessage response = await client.GetAsync(new Uri("http://shop/"));
        string answer = await response.Content.ReadAsStringAsync();
        string error = LastError(host);
        Assert.Contains(error, answer, StringComparison.Ordinal);
        Assert.NotEmpty(Log.Messages("ControlPlaneUnreachable"));
        return error;
    }
}
