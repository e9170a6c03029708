using System.Buffers.Text;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.Client.Tests.Sources.Xds.EndToEnd;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Processes;
using Xunit;

namespace Mesh.Client.Tests.Watching;

/// <summary><c>mesh watch</c> as a user runs it: a process of its own that knows its control plane from the environment.</summary>
public sealed class WatchTests : XdsMeshTest, IDisposable
{
    // The copy beside the tests lacks what the tests have from their framework.
    private static readonly string Build = typeof(WatchTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("GRPC_XDS_BOOTSTRAP")]
    [InlineData("GRPC_XDS_BOOTSTRAP_CONFIG")]
    public async Task TheEnvironmentAloneNamesTheControlPlane(string variable)
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        string value = variable == "GRPC_XDS_BOOTSTRAP" ? server.WriteBootstrap(_folder["bootstrap.json"]) : server.Bootstrap;
        Run run = await WatchAsync(new() { [variable] = value }, "shop", "--once", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JsonNode printed = JsonNode.Parse(run.Output)!;
        Assert.Equal(server.Address, (string?)printed["control_planes"]![0]!["server"]);
        Assert.Equal(
            [
                $"envoy.config.listener.v3.Listener shop ACKED {server.VersionOf(XdsTypes.Listener)}",
                $"envoy.config.route.v3.RouteConfiguration shop ACKED {server.VersionOf(XdsTypes.RouteConfiguration)}",
                $"envoy.config.cluster.v3.Cluster shop ACKED {server.VersionOf(XdsTypes.Cluster)}",
                $"envoy.config.endpoint.v3.ClusterLoadAssignment shop-eds ACKED {server.VersionOf(XdsTypes.Endpoints)}",
            ],
            printed["resources"]!.AsArray().Select(each => $"{Last((string)each!["type"]!)} {each["name"]} {each["status"]} {each["version"]}"));
        Assert.Equal("{\"shop\":1}", printed["hosts"]![0]!["virtual_hosts"]![0]!["routes"]![0]!["clusters"]!.ToJsonString());
    }

    [Fact]
    public async Task WithoutAHostEverythingIsAskedFor()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        Run run = await WatchAsync([], "--bootstrap", server.WriteBootstrap(_folder["bootstrap.json"]), "--once");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains($"{server.Address}: Listener '{server.VersionOf(XdsTypes.Listener)}' ACK, 1 resources", run.Output, StringComparison.Ordinal);
        Assert.Contains("shop: listener shop, route configuration shop", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AControlPlaneThatIsNotThereIsNamedWithTheReason()
    {
        AdsServer server = await StartControlPlaneAsync();
        await server.StopAsync();
        Run run = await WatchAsync(new() { ["GRPC_XDS_BOOTSTRAP_CONFIG"] = server.Bootstrap }, "shop", "--once", "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(server.Address, run.Errors, StringComparison.Ordinal);
        Assert.Contains("refused", run.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty((string?)JsonNode.Parse(run.Output)!["failures"]![0] ?? "");
    }

    [Fact]
    public async Task WhatIsRefusedIsAnErrorWithTheReason()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.SetUnchecked(XdsTypes.Listener, "shop", "{api_listener: {}}");
        Run run = await WatchAsync(new() { ["GRPC_XDS_BOOTSTRAP_CONFIG"] = server.Bootstrap }, "shop", "--once", "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("address: required", run.Errors, StringComparison.Ordinal);
        JsonNode nack = Assert.Single(JsonNode.Parse(run.Output)!["events"]!.AsArray(), each => (string?)each!["event"] == "nack")!;
        Assert.Contains("address: required", (string?)nack["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutABootstrapTheRemedyIsNamed()
    {
        Run run = await WatchAsync([], "shop", "--once");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("GRPC_XDS_BOOTSTRAP", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverTlsWithATokenAsTheBootstrapSays()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        string claims = $"{{\"exp\":{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}}}";
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions
        {
            Certificate = authority.IssueServer("localhost", "127.0.0.1"),
            ClientAuthority = authority,
            BearerToken = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln",
        });
        await AssertWatchedAsync(server);
    }

    [Fact]
    public async Task OverAUnixSocket() => await AssertWatchedAsync(await StartControlPlaneAsync(new AdsServerOptions { UnixSocketPath = _folder["ads.sock"] }));

    private async Task AssertWatchedAsync(AdsServer server)
    {
        server.Set(Tree("shop", await StartServerAsync()));
        Run run = await WatchAsync(new() { ["GRPC_XDS_BOOTSTRAP_CONFIG"] = server.Bootstrap }, "shop", "--once", "--delta");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Listener 'shop' ACKED", run.Output, StringComparison.Ordinal);
    }

    private static string Last(string type) => type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private async Task<Run> WatchAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        // Those of this process belong to no test.
        environment.TryAdd("GRPC_XDS_BOOTSTRAP", "");
        environment.TryAdd("GRPC_XDS_BOOTSTRAP_CONFIG", "");
        string output = _folder["output"];
        string program = Path.Combine(TestsFolder.Path, "..", "src", "Mesh.Tool", "bin", Build, "net10.0", "Mesh.Tool.dll");
        await using ChildProcess child = ChildProcess.Start("/bin/sh", ["-c", "exec dotnet \"$0\" watch \"$@\" > \"$OUTPUT\"", program, .. arguments], null, new Dictionary<string, string>(environment) { ["OUTPUT"] = output });
        int code = await child.WaitForExitAsync(TimeSpan.FromMinutes(1));
        return new Run(code, await System.IO.File.ReadAllTextAsync(output), child.Errors);
    }

    private sealed record Run(int ExitCode, string Output, string Errors);
}
