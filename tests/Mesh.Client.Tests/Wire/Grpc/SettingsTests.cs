using Mesh.Wire.Grpc;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>Settings that no channel is made of.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("https://xds:443", "https needs a connect that verifies the server")]
    [InlineData("ftp://xds", "expected http or https")]
    [InlineData("xds:443", "expected http or https")]
    [InlineData("/xds", "expected http or https")]
    [InlineData("http://xds/path", "it may hold scheme, host and port only; gRPC has the path to itself")]
    [InlineData("http://xds?query", "it may hold scheme, host and port only; gRPC has the path to itself")]
    public void AnAddressThatCannotBeHeld(string address, string why) =>
        Refused(new GrpcChannelSettings(new Uri(address, UriKind.RelativeOrAbsolute)), why);

    [Theory]
    [InlineData("grpc-timeout", "1S", "metadata name 'grpc-timeout' is the protocol's own")]
    [InlineData("TE", "trailers", "metadata name 'te' is the protocol's own")]
    [InlineData("content-type", "a", "metadata name 'content-type' is the protocol's own")]
    [InlineData(":path", "a", "metadata name ':path' may hold letters, digits, '_', '-' and '.' only")]
    [InlineData("", "a", "metadata name '' may hold letters, digits, '_', '-' and '.' only")]
    [InlineData("a", "grün", "the value of metadata 'a' holds characters outside of printable ASCII")]
    [InlineData("a", "b\r\nc: d", "the value of metadata 'a' holds characters outside of printable ASCII")]
    public void MetadataThatCannotBeSent(string name, string value, string why) =>
        Refused(new GrpcChannelSettings(new Uri("http://xds")) { Metadata = [new(name, value)] }, why);

    [Fact]
    public void CredentialsDoNotCrossTheNetworkInPlainText()
    {
        var settings = new GrpcChannelSettings(new Uri("http://xds")) { CallCredentials = _ => new([]) };
        Refused(settings, "call credentials would cross the network in plain text; use https");
        using var loopback = new GrpcChannel(settings with { Address = new Uri("http://localhost:1") });
        using var connected = new GrpcChannel(settings with { Connect = (_, _) => new(Stream.Null) });
    }

    [Fact]
    public void MetadataIsNotTold() =>
        Assert.Equal("GrpcChannelSettings { Address = http://xds/ }", new GrpcChannelSettings(new Uri("http://xds")) { Metadata = [new("authorization", "secret")] }.ToString());

    private static void Refused(GrpcChannelSettings settings, string why)
    {
        var e = Assert.Throws<ArgumentException>(nameof(settings), () => new GrpcChannel(settings));
        Assert.StartsWith($"A gRPC channel to '{settings.Address}' cannot be made: {why}.", e.Message, StringComparison.Ordinal);
    }
}
