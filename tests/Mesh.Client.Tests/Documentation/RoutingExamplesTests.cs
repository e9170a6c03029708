using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Documentation;

/// <summary>The examples of docs/routing.md are good: each is a list of routes.</summary>
public sealed class RoutingExamplesTests
{
    public static TheoryData<string> Examples()
    {
        string page = File.ReadAllText(Path.Combine(TestsFolder.Path, "..", "docs", "routing.md")).ReplaceLineEndings("\n");
        string[] parts = page.Split("```yaml\n");
        return [.. parts[1..].Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void AnExampleIsAcceptedWhole(string routes)
    {
        string indented = string.Concat(routes.Split('\n').Select(line => $"    {line}\n"));
        Decoded decoded = Decoded.Yaml($"resources:\n- \"@type\": type.googleapis.com/{Xds.RoutesType}\n  name: r\n  virtual_hosts:\n  - name: v\n    domains: [\"*\"]\n    routes:\n{indented}");
        decoded.AssertFindings();
        Assert.NotEmpty(decoded.Set.RouteConfigurations["r"].VirtualHosts[0].Routes);
    }
}
