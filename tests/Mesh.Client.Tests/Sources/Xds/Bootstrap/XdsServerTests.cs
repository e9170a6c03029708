using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>Which servers are one (A47): by URI, credentials and the features that mean something.</summary>
public sealed class XdsServerTests
{
    [Theory]
    [InlineData("""  "server_features":["xds_v3","unknown"]""", true)]
    [InlineData("""  "server_features":[]""", true)]
    [InlineData("""  "server_features":["ignore_resource_deletion"]""", false)]
    [InlineData("""  "server_features":["fail_on_data_errors"]""", false)]
    [InlineData("""  "server_features":["resource_timer_is_transient_error"]""", false)]
    [InlineData("""  "server_features":["trusted_xds_server"]""", false)]
    [InlineData("""  "call_creds":[{"type":"unknown"}]""", true)]
    [InlineData("""  "call_creds":[{"type":"jwt_token_file","config":{"jwt_token_file":"/t"}}]""", false)]
    public void MembersAndSameness(string members, bool isSame)
    {
        XdsServer plain = Server("\"x\":1"), other = Server(members);
        Assert.Equal(isSame, plain == other);
        if (isSame)
            Assert.Equal(plain.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void TheOrderOfFeaturesIsNoDifference() =>
        Assert.Equal(Server("""  "server_features":["trusted_xds_server","ignore_resource_deletion"]"""), Server("""  "server_features":["ignore_resource_deletion","a","trusted_xds_server"]"""));

    [Theory]
    [InlineData("""[{"type":"tls"}]""", """[{"type":"tls","config":{}}]""", true)]
    [InlineData("""[{"type":"tls"}]""", """[{"type":"tls","config":{"refresh_interval":"600s"}}]""", true)]
    [InlineData("""[{"type":"tls"}]""", """[{"type":"tls","config":{"refresh_interval":"601s"}}]""", false)]
    [InlineData("""[{"type":"tls"}]""", """[{"type":"tls","config":{"ca_certificate_file":"a"}}]""", false)]
    [InlineData("""[{"type":"tls"}]""", """[{"type":"insecure"}]""", false)]
    [InlineData("""[{"type":"tls"},{"type":"insecure"}]""", """[{"type":"other"},{"type":"tls"}]""", true)]
    [InlineData("""[{"type":"google_default"}]""", """[{"type":"google_default"}]""", true)]
    public void CredentialsAndSameness(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Server("\"channel_creds\":" + one) == Server("\"channel_creds\":" + other));

    private static XdsServer Server(string members) => Assert.Single(BootstrapText.Good(BootstrapText.Server(
        members.Contains("channel_creds", StringComparison.Ordinal) ? members : $"\"channel_creds\":{BootstrapText.Insecure},{members}")).Servers);
}
