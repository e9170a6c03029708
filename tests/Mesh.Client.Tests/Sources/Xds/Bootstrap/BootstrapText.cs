using System.Text;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>Bootstraps as short as they can be, and what reading them gives.</summary>
internal static class BootstrapText
{
    public const string Insecure = """[{"type":"insecure"}]""";

    public const string Servers = $$"""{"xds_servers":[{"server_uri":"s:1","channel_creds":{{Insecure}}}]""";

    /// <summary>A bootstrap that is good but for what is added at its top.</summary>
    public static string With(string members) => $"{Servers},{members}}}";

    /// <summary>A bootstrap of one server, with more members of the server.</summary>
    public static string Server(string members) => $$"""{"xds_servers":[{"server_uri":"s:1",{{members}}}]}""";

    public static BootstrapReading Read(string text) => BootstrapReader.Read(Encoding.UTF8.GetBytes(text));

    public static XdsBootstrap Good(string text)
    {
        BootstrapReading reading = Read(text);
        Assert.True(reading.Bootstrap is not null, string.Join('\n', reading.Findings));
        Assert.Equal(reading.Findings, reading.Bootstrap.Warnings);
        return reading.Bootstrap;
    }

    public static IReadOnlyList<string> Errors(string text)
    {
        BootstrapReading reading = Read(text);
        Assert.Null(reading.Bootstrap);
        return [.. reading.Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())];
    }

    public static IReadOnlyList<string> Warnings(string text) => [.. Good(text).Warnings.Select(finding => (finding with { Position = null }).ToString())];
}
