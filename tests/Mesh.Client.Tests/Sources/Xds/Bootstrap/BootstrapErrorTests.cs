using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>What refuses a bootstrap, with its path, its value and what is allowed.</summary>
public sealed class BootstrapErrorTests
{
    [Theory]
    [InlineData("", "1:1: is empty; expected a JSON object with xds_servers")]
    [InlineData(" \n", "1:1: is empty; expected a JSON object with xds_servers")]
    [InlineData("[]", "1:1: expected an object, found a list")]
    [InlineData("null", "1:1: expected an object, found nothing")]
    [InlineData("{}", "1:1: xds_servers: is missing or empty; at least one server is needed")]
    [InlineData("""{"xds_servers":[]}""", "1:2: xds_servers: is missing or empty; at least one server is needed")]
    [InlineData("""{"xds_servers":"s:1"}""", "1:2: xds_servers: expected a list, found \"s:1\"")]
    [InlineData("""{"xds_servers":[null]}""", "1:17: xds_servers[0]: expected an object, found nothing")]
    [InlineData("""{"xds_servers":[{"server_uri":"","channel_creds":[{"type":"insecure"}]}]}""", "1:18: xds_servers[0].server_uri: is missing or empty; give the server's address, as dns:///host:port or unix:///path")]
    [InlineData("""{"xds_servers":[{"server_uri":1,"channel_creds":[{"type":"insecure"}]}]}""", "1:18: xds_servers[0].server_uri: expected a text, found 1")]
    [InlineData("""{"xds_servers":[{"server_uri":"s:1"}]}""", "1:17: xds_servers[0].channel_creds: is missing or empty; known are insecure, tls and google_default")]
    public void OfTheWhole(string text, string error) => Assert.Equal([error], BootstrapText.Errors(text));

    [Theory]
    [InlineData("""  "node":[]""", "node: expected an object, found a list")]
    [InlineData("""  "node":{"id":1}""", "node.id: expected a text, found 1")]
    [InlineData("""  "node":{"locality":"x"}""", "node.locality: expected an object, found \"x\"")]
    [InlineData("""  "node":{"locality":{"sub_zone":false}}""", "node.locality.sub_zone: expected a text, found false")]
    [InlineData("""  "node":{"metadata":[1]}""", "node.metadata: expected an object, found a list")]
    [InlineData("""  "node":{"metadata":{"a":[{"b":1e999}]}}""", "node.metadata.a[0].b: 1e999 is out of the range of a double")]
    [InlineData("""  "node":{"metadata":{"a":1,"a":2}}""", "node.metadata.a: stands twice")]
    [InlineData("""  "client_default_listener_resource_name_template":123""", "client_default_listener_resource_name_template: expected a text, found 123")]
    [InlineData("""  "server_listener_resource_name_template":{}""", "server_listener_resource_name_template: expected a text, found an object")]
    [InlineData("""  "certificate_providers":"x" """, "certificate_providers: expected an object, found \"x\"")]
    [InlineData("""  "certificate_providers":{"a":"x"}""", "certificate_providers[\"a\"]: expected an object, found \"x\"")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":1}}""", "certificate_providers[\"a\"].plugin_name: expected a text, found 1")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":"file_watcher"}}""", "certificate_providers[\"a\"].config: is missing; file_watcher needs one with the files")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":"file_watcher","config":{}}}""", "certificate_providers[\"a\"].config: names no file; certificate_file with private_key_file, or ca_certificate_file, or all three are needed")]
    [InlineData("""  "authorities":{"a":null}""", "authorities[\"a\"]: expected an object, found nothing")]
    [InlineData("""  "authorities":{"a":{"client_listener_resource_name_template":"%s"}}""", "authorities[\"a\"].client_listener_resource_name_template: '%s' must start with 'xdstp://a/'")]
    [InlineData("""  "authorities":{"a":{"client_listener_resource_name_template":"xdstp://ab/%s"}}""", "authorities[\"a\"].client_listener_resource_name_template: 'xdstp://ab/%s' must start with 'xdstp://a/'")]
    [InlineData("""  "authorities":{"":{"client_listener_resource_name_template":"xdstp://a/%s"}}""", "authorities[\"\"].client_listener_resource_name_template: 'xdstp://a/%s' must start with 'xdstp:///'")]
    [InlineData("""  "authorities":{"a":{"xds_servers":[{"server_uri":"s:2"}]}}""", "authorities[\"a\"].xds_servers[0].channel_creds: is missing or empty; known are insecure, tls and google_default")]
    [InlineData("""  "allowed_grpc_services":{"a":null}""", "allowed_grpc_services[\"a\"]: expected an object, found nothing")]
    [InlineData("""  "allowed_grpc_services":{"a":{}}""", "allowed_grpc_services[\"a\"].channel_creds: is missing or empty; known are insecure, tls and google_default")]
    [InlineData("""  "allowed_grpc_services":{"a":{"channel_creds":[{"type":"x"}]}}""", "allowed_grpc_services[\"a\"].channel_creds: offers 'x' only; known are insecure, tls and google_default")]
    public void OfTheTop(string members, string error) => Assert.Equal([error], WithoutPlace(BootstrapText.Errors(BootstrapText.With(members))));

    [Theory]
    [InlineData("""  "channel_creds":{"type":"insecure"}""", "channel_creds: expected a list, found an object")]
    [InlineData("""  "channel_creds":["insecure"]""", "channel_creds[0]: expected an object, found \"insecure\"")]
    [InlineData("""  "channel_creds":[{"type":1}]""", "channel_creds[0].type: expected a text, found 1")]
    [InlineData("""  "channel_creds":[{"type":"a"},{"type":"b"},{}]""", "channel_creds: offers 'a', 'b', '' only; known are insecure, tls and google_default")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":"x"}]""", "channel_creds[0].config: expected an object, found \"x\"")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"certificate_file":"/a/c"}},{"type":"insecure"}]""", "channel_creds[0].config.private_key_file: is missing; it comes together with certificate_file")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"private_key_file":"/a/k","ca_certificate_file":"/a/r"}}]""", "channel_creds[0].config.certificate_file: is missing; it comes together with private_key_file")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"certificate_file":"/a/c","private_key_file":"/b/k"}}]""", "channel_creds[0].config.private_key_file: '/b/k' must lie in the directory of certificate_file '/a/c'")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"ca_certificate_file":"a\u0000b"}}]""", "channel_creds[0].config.ca_certificate_file: 'a\uFFFDb' is no name of a file")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"refresh_interval":"10m"}}]""", "channel_creds[0].config.refresh_interval: \"10m\" is no duration; write \"600s\" or \"1.5s\"")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"refresh_interval":600}}]""", "channel_creds[0].config.refresh_interval: 600 is no duration; write \"600s\" or \"1.5s\"")]
    [InlineData("""  "channel_creds":[{"type":"tls","config":{"refresh_interval":"-1s"}}]""", "channel_creds[0].config.refresh_interval: must not be negative")]
    [InlineData("""  "channel_creds":[{"type":"insecure"}],"call_creds":{}""", "call_creds: expected a list, found an object")]
    [InlineData("""  "channel_creds":[{"type":"insecure"}],"call_creds":[{"type":"jwt_token_file"}]""", "call_creds[0].config: is missing; jwt_token_file needs one with the path of the token")]
    [InlineData("""  "channel_creds":[{"type":"insecure"}],"call_creds":[{"type":"jwt_token_file","config":{}}]""", "call_creds[0].config.jwt_token_file: is missing; give the path of the token")]
    [InlineData("""  "channel_creds":[{"type":"insecure"}],"call_creds":[{"type":"jwt_token_file","config":{"jwt_token_file":1}}]""", "call_creds[0].config.jwt_token_file: expected a text, found 1")]
    [InlineData("""  "channel_creds":[{"type":"insecure"}],"server_features":"xds_v3" """, "server_features: expected a list, found \"xds_v3\"")]
    public void OfAServer(string members, string error) => Assert.Equal([$"xds_servers[0].{error}"], WithoutPlace(BootstrapText.Errors(BootstrapText.Server(members))));

    /// <summary>Nobody fixes one error to be told the next.</summary>
    [Fact]
    public void AllAreToldAtOnceWithTheirPlaces() => Assert.Equal(
        [
            "2:20: xds_servers[0].server_uri: expected a text, found 1",
            "2:19: xds_servers[0].channel_creds: is missing or empty; known are insecure, tls and google_default",
            "3:20: xds_servers[1].server_uri: expected a text, found true",
            "4:12: node.id: expected a text, found an object",
            "5:25: authorities[\"ä\"].client_listener_resource_name_template: 'x' must start with 'xdstp://%C3%A4/'",
        ],
        BootstrapText.Errors("""
            {
              "xds_servers": [{"server_uri": 1},
                              {"server_uri": true, "channel_creds": [{"type": "tls"}]}],
              "node": {"id": {}},
              "authorities": {"ä": {"client_listener_resource_name_template": "x"}}
            }
            """));

    private static IEnumerable<string> WithoutPlace(IEnumerable<string> errors) => errors.Select(error => error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
}
