using System.Text;
using Mesh.Sources.Xds.Bootstrap;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>The bootstrap as settings, through whatever provider they come.</summary>
public sealed class BootstrapSettingsTests
{
    /// <summary>The names of services are URIs, and a colon cannot stand in a key of settings.</summary>
    private static readonly string Full = BootstrapReaderTests.Full.Replace("dns:///authz:1", "authz", StringComparison.Ordinal);

    [Theory]
    [InlineData("snake")]
    [InlineData("Pascal")]
    [InlineData("CAPITALS")]
    public void SettingsAreTheSameBootstrap(string style)
    {
        XdsBootstrap wanted = BootstrapText.Good(Full);
        BootstrapReading reading = BootstrapSettings.Read(Section(Flat(Full).Select(entry => (Styled(entry.Key, style), entry.Value))));
        XdsBootstrap found = reading.Bootstrap!;
        Assert.Empty(reading.Findings);
        Assert.Equal(wanted.Servers, found.Servers);
        Assert.Equal(wanted.Node, found.Node);
        Assert.Equal(wanted.CertificateProviders, found.CertificateProviders);
        Assert.Equal(wanted.Authorities, found.Authorities);
        Assert.Equal(wanted.AllowedGrpcServices, found.AllowedGrpcServices);
        Assert.Equal(wanted.ServerListenerTemplate, found.ServerListenerTemplate);
        Assert.Equal(wanted.ClientDefaultListenerTemplate, found.ClientDefaultListenerTemplate);
    }

    /// <summary>Empty objects and lists of a JSON file, which have no children.</summary>
    [Fact]
    public void AJsonFileIsRead()
    {
        string json = Full.Replace("\"id\": \"n\"", "\"id\": \"\"", StringComparison.Ordinal);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("{\"Mesh\":{\"Xds\":" + json + "}}"));
        IConfigurationRoot settings = new ConfigurationBuilder().AddJsonStream(stream).AddInMemoryCollection(
            [new("Mesh:Xds:XdsServers:1:ServerFeatures", ""), new("Mesh:Xds:Node:ID", "n")]).Build();
        BootstrapReading found = BootstrapSettings.Read(settings.GetSection("Mesh:Xds"));
        Assert.Empty(found.Findings);
        Assert.Equal(BootstrapText.Good(Full).Node, found.Bootstrap?.Node);
        Assert.Equal(BootstrapText.Good(Full).Servers, found.Bootstrap?.Servers);
    }

    /// <summary>A variable adds to a file that spells its keys another way; which of two values is meant is not guessed.</summary>
    [Fact]
    public void SpellingsOfOneKeyAreOneKey()
    {
        IConfigurationSection section = Section([("xds_servers:0:server_uri", "s:1"), ("XdsServers:0:ChannelCreds:0:Type", "tls"), ("XdsServers:0:channel_creds:1:type", "insecure")]);
        Assert.Equal("""{"xds_servers":[{"channel_creds":[{"type":"tls"},{"type":"insecure"}],"server_uri":"s:1"}]}""", BootstrapSettings.TextOf(section));
        BootstrapReading refused = BootstrapSettings.Read(Section([("xds_servers:0:server_uri", "s:1"), ("XdsServers:0:ServerUri", "s:2")]));
        Assert.Null(refused.Bootstrap);
        Assert.Equal(
            "Mesh:Xds: Mesh:Xds:XdsServers:0:ServerUri and Mesh:Xds:xds_servers:0:server_uri are spellings of one key; keep one of them",
            Assert.Single(refused.Findings).ToString());
    }

    [Theory]
    [InlineData("node:metadata:XdsServers:serverUri", """{"node":{"metadata":{"XdsServers":{"serverUri":"v"}}}}""")]
    [InlineData("NODE:Metadata:0", """{"node":{"metadata":["v"]}}""")]
    [InlineData("authorities:7:ClientListenerResourceNameTemplate", """{"authorities":{"7":{"client_listener_resource_name_template":"v"}}}""")]
    [InlineData("CertificateProviders:Node:Config:CaCertificateFile", """{"certificate_providers":{"Node":{"config":{"ca_certificate_file":"v"}}}}""")]
    [InlineData("XDS_SERVERS:0:CHANNEL_CREDS:0:TYPE", """{"xds_servers":[{"channel_creds":[{"type":"v"}]}]}""")]
    [InlineData("Other:Keys", """{"Other":{"Keys":"v"}}""")]
    public void KeysOfTheFormatAreSpelledItsWay(string key, string json) => Assert.Equal(json, BootstrapSettings.TextOf(Section([(key, "v")])));

    [Fact]
    public void ListsAreInTheOrderOfTheirNumbers() => Assert.Equal(
        $"{{\"xds_servers\":[{string.Join(',', Enumerable.Range(0, 12).Select(i => $"{{\"server_uri\":\"{i}\"}}"))}]}}",
        BootstrapSettings.TextOf(Section(Enumerable.Range(0, 12).Reverse().Select(i => ($"XdsServers:{i}:ServerUri", (string?)$"{i}")))));

    [Fact]
    public void ErrorsNameTheSection() => Assert.Equal(
        ["Mesh:Xds: xds_servers[0].channel_creds: is missing or empty; known are insecure, tls and google_default"],
        BootstrapSettings.Read(Section([("XdsServers:0:ServerUri", "s:1")])).Findings.Select(finding => finding.ToString()));

    [Fact]
    public void NoSectionIsNoBootstrap() => Assert.Equal(
        "Mesh:Xds: xds_servers: is missing or empty; at least one server is needed", Assert.Single(BootstrapSettings.Read(Section([])).Findings).ToString());

    private static IConfigurationSection Section(IEnumerable<(string Key, string? Value)> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create($"Mesh:Xds:{value.Key}", value.Value))).Build().GetSection("Mesh:Xds");

    private static IEnumerable<(string Key, string? Value)> Flat(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return [.. new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable().Select(entry => (entry.Key, entry.Value))];
    }

    /// <summary>A key as other people write it; names that are the user's stay.</summary>
    private static string Styled(string key, string style)
    {
        string[] names = ["a.com", "b/c", "default", "roots", "authz", "NAMESPACE", "LABELS", "app"];
        return string.Join(':', key.Split(':').Select(part => names.Contains(part, StringComparer.Ordinal) ? part : style switch
        {
            "Pascal" => string.Concat(part.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])),
            "CAPITALS" => part.ToUpperInvariant(),
            _ => part,
        }));
    }
}
