using System.Text.Json;
using Mesh.Primitives;
using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>What stands in a good bootstrap is what was written, and what does not has gRPC's defaults.</summary>
public sealed class BootstrapReaderTests
{
    /// <summary>Every field of the format.</summary>
    internal const string Full = """
        {
          "xds_servers": [
            {
              "server_uri": "dns:///a:1",
              "channel_creds": [{"type": "tls", "config": {
                "ca_certificate_file": "/c/ca.pem", "certificate_file": "/c/cert.pem", "private_key_file": "/c/key.pem", "refresh_interval": "1.5s"}}],
              "call_creds": [{"type": "jwt_token_file", "config": {"jwt_token_file": "/t/1"}}, {"type": "jwt_token_file", "config": {"jwt_token_file": "/t/2"}}],
              "server_features": ["xds_v3", "ignore_resource_deletion", "fail_on_data_errors", "resource_timer_is_transient_error", "trusted_xds_server"]
            },
            {"server_uri": "unix:///b", "channel_creds": [{"type": "insecure"}]}
          ],
          "node": {
            "id": "n", "cluster": "c", "locality": {"region": "r", "zone": "z", "sub_zone": "s"},
            "metadata": {"NAMESPACE": "x", "LABELS": {"app": "a"}}
          },
          "certificate_providers": {
            "default": {"plugin_name": "file_watcher", "config": {
              "certificate_file": "cert.pem", "private_key_file": "./key.pem", "ca_certificate_file": "ca.pem", "refresh_interval": "900s"}},
            "roots": {"plugin_name": "file_watcher", "config": {"ca_certificate_file": "ca.pem"}}
          },
          "server_listener_resource_name_template": "inbound/%s",
          "client_default_listener_resource_name_template": "xdstp://a.com/envoy.config.listener.v3.Listener/%s",
          "authorities": {
            "a.com": {"client_listener_resource_name_template": "xdstp://a.com/l/%s", "xds_servers": [{"server_uri": "c:1", "channel_creds": [{"type": "insecure"}]}]},
            "b/c": {}
          },
          "allowed_grpc_services": {
            "dns:///authz:1": {"channel_creds": [{"type": "insecure"}], "call_creds": [{"type": "jwt_token_file", "config": {"jwt_token_file": "/t/3"}}]}
          }
        }
        """;

    [Fact]
    public void EveryFieldIsRead()
    {
        XdsBootstrap found = BootstrapText.Good(Full);
        Assert.Empty(found.Warnings);
        Assert.Equal(
            [
                new XdsServer
                {
                    Uri = "dns:///a:1",
                    Credentials = new ChannelCredentials.Tls(new PemFiles
                    {
                        CaCertificateFile = "/c/ca.pem",
                        CertificateFile = "/c/cert.pem",
                        PrivateKeyFile = "/c/key.pem",
                        RefreshInterval = TimeSpan.FromSeconds(1.5),
                    }),
                    CallCredentials = [new CallCredentials.JwtTokenFile("/t/1"), new CallCredentials.JwtTokenFile("/t/2")],
                    Features = ["ignore_resource_deletion", "fail_on_data_errors", "resource_timer_is_transient_error", "trusted_xds_server"],
                },
                Insecure("unix:///b"),
            ],
            found.Servers);
        Assert.Equal(XdsServer.KnownFeatures.Order(StringComparer.Ordinal), found.Servers[0].Features.Order(StringComparer.Ordinal));
        Assert.Equal(Node("""{"NAMESPACE": "x", "LABELS": {"app": "a"}}"""), found.Node);
        Assert.Equal(["default", "roots"], found.CertificateProviders.Keys);
        Assert.Equal(
            new CertificateProvider(new PemFiles { CertificateFile = "cert.pem", PrivateKeyFile = "./key.pem", CaCertificateFile = "ca.pem", RefreshInterval = TimeSpan.FromMinutes(15) }),
            found.CertificateProviders["default"]);
        Assert.Equal(new CertificateProvider(new PemFiles { CaCertificateFile = "ca.pem" }), found.CertificateProviders["roots"]);
        Assert.Equal(TimeSpan.FromMinutes(10), found.CertificateProviders["roots"].Files.RefreshInterval);
        Assert.Equal("inbound/%s", found.ServerListenerTemplate);
        Assert.Equal("xdstp://a.com/envoy.config.listener.v3.Listener/%s", found.ClientDefaultListenerTemplate);
        Assert.Equal(new XdsAuthority([Insecure("c:1")], "xdstp://a.com/l/%s"), found.Authorities["a.com"]);
        Assert.Equal(new XdsAuthority([], "xdstp://b%2Fc/envoy.config.listener.v3.Listener/%s"), found.Authorities["b/c"]);
        Assert.Equal(
            new AllowedGrpcService("dns:///authz:1", new ChannelCredentials.Insecure(), [new CallCredentials.JwtTokenFile("/t/3")]),
            Assert.Single(found.AllowedGrpcServices).Value);
    }

    [Fact]
    public void WhatIsLeftOutHasItsDefault()
    {
        XdsBootstrap found = BootstrapText.Good(BootstrapText.Servers + "}");
        Assert.Equal([Insecure("s:1")], found.Servers);
        Assert.False(found.Servers[0].IgnoreResourceDeletion || found.Servers[0].FailOnDataErrors || found.Servers[0].ResourceTimerIsTransientError || found.Servers[0].TrustedXdsServer);
        Assert.Equal(XdsNode.Empty, found.Node);
        Assert.Equal("%s", found.ClientDefaultListenerTemplate);
        Assert.Null(found.ServerListenerTemplate);
        Assert.Empty(found.Authorities);
        Assert.Empty(found.CertificateProviders);
        Assert.Empty(found.AllowedGrpcServices);
        Assert.Empty(found.Warnings);
    }

    /// <summary>As in Go, where a null leaves a field as it was, and a text that is empty is one that is not set.</summary>
    [Theory]
    [InlineData("""{"node":null,"authorities":null,"certificate_providers":null,"allowed_grpc_services":null,"server_listener_resource_name_template":null}""")]
    [InlineData("""{"node":{"id":null,"locality":null,"metadata":null},"client_default_listener_resource_name_template":"","server_listener_resource_name_template":""}""")]
    [InlineData("""{"node":{}}""")]
    public void NullAndEmptyAreLeftOut(string members)
    {
        XdsBootstrap found = BootstrapText.Good(BootstrapText.With(members[1..^1]));
        Assert.Equal(XdsNode.Empty, found.Node);
        Assert.Equal("%s", found.ClientDefaultListenerTemplate);
        Assert.Null(found.ServerListenerTemplate);
        Assert.Empty(found.Warnings);
    }

    /// <summary>Metadata outlives the document it was read from, and its numbers are doubles.</summary>
    [Fact]
    public void MetadataIsKept()
    {
        JsonElement? found = BootstrapText.Good(BootstrapText.With("""  "node":{"metadata":{"a":1.50,"b":[true,null]}}""")).Node.Metadata;
        GC.Collect();
        Assert.Equal("""{"a":1.50,"b":[true,null]}""", found?.GetRawText());
        Assert.Equal(Node("""{"a":1.5,"b":[true,null]}""") with { Id = "" }, Node("""{"b":[true,null],"a":1.50}""") with { Id = "" });
        Assert.NotEqual(Node("""{"a":1}"""), Node("""{"a":2}"""));
        Assert.NotEqual(Node("{}"), Node("{}") with { Metadata = null });
    }

    [Fact]
    public void AByteOrderMarkIsNoPartOfTheText() => BootstrapText.Good($"\uFEFF{BootstrapText.Servers}}}");

    private static XdsServer Insecure(string uri) => new() { Uri = uri, Credentials = new ChannelCredentials.Insecure() };

    private static XdsNode Node(string metadata)
    {
        using JsonDocument document = JsonDocument.Parse(metadata);
        return new XdsNode { Id = "n", Cluster = "c", Region = "r", Zone = "z", SubZone = "s", Metadata = document.RootElement.Clone() };
    }
}
