using System.Text;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Saved;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.Wire.Grpc;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Saved;

/// <summary>What was accepted last serves where a process starts and no control plane answers.</summary>
public sealed class LastKnownGoodTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private AdsSetup Setup => new() { Folder = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ItServesAtOnceWhereTheControlPlaneIsDownAndIsVisibleAsStale()
    {
        await KeepAsync();
        var test = new AdsUnderTest(Setup);
        await using var _ = test;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        await test.BeginAsync("shop");
        await test.PassAsync(1);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.All(test.Read(() => test.Client.Cache.All.ToList()), entry => Assert.True(entry.IsStale));
        Assert.Contains(test.Events, happened => happened is SavedServes);
        Assert.True(test.Source.Ready.IsCompleted);
    }

    [Fact]
    public async Task ItServesAfterASecondWhereTheControlPlaneIsSilent()
    {
        await KeepAsync();
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Setup, "shop");
        await test.PassAsync(0.9);
        Assert.Equal("nothing", test.Served("shop"));
        await test.PassAsync(0.2);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task ALiveAnswerReplacesItAndNothingIsStaleAnyMore()
    {
        await KeepAsync();
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Setup, "shop");
        await test.PassAsync(1.1);
        await Trees.SendAsync(test, "2");
        Assert.All(test.Read(() => test.Client.Cache.All.ToList()), entry => Assert.False(entry.IsStale));
        await test.SendAsync(Texts.AssignmentType, "3", Texts.Assignment("e", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
    }

    [Fact]
    public async Task StaleContentIsNotClaimedToAServer()
    {
        await KeepAsync();
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Setup with { Delta = true }, "shop");
        await test.PassAsync(1.1);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.DoesNotContain(test.Stream.Said(), said => said.Contains('=', StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnAnswerInTimeLeavesItAlone()
    {
        await KeepAsync();
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Setup, "shop");
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "q"));
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("q", "d"));
        await test.SendAsync(Texts.ClusterType, "2", Texts.Cluster("d", "10.0.0.9:80"));
        await test.PassAsync(20);
        Assert.Equal("d=10.0.0.9:80", test.Served("shop"));
        Assert.DoesNotContain(test.Events, happened => happened is SavedServes);
    }

    [Fact]
    public async Task AfterAnOutageANewHostIsAskedForAndNotServedFromTheFile()
    {
        await KeepAsync();
        var test = new AdsUnderTest(Setup);
        await using var _ = test;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        await test.BeginAsync("cart");
        await test.PassAsync(1);
        test.Server.Refusal = null;
        await test.PassAsync(10);
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("cart", "q"));
        await test.AskAsync("shop");
        Assert.Equal("nothing", test.Served("shop"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    public async Task ADamagedFileIsIgnoredWithAWord(int at)
    {
        await KeepAsync();
        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(file);
        bytes[at < 0 ? ^1 : at] ^= 1;
        await System.IO.File.WriteAllBytesAsync(file, bytes);
        await AssertNotUsedAsync(Setup);
    }

    [Fact]
    public async Task HalfAFileIsIgnoredWithAWord()
    {
        await KeepAsync();
        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(file);
        await System.IO.File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)]);
        await AssertNotUsedAsync(Setup);
    }

    [Fact]
    public async Task AFileThatIsTooLargeIsNotRead()
    {
        await KeepAsync();
        using (FileStream file = System.IO.File.OpenWrite(Assert.Single(Directory.GetFiles(_folder.Path))))
            file.SetLength(SavedFile.MaxBytes + 1L);
        await AssertNotUsedAsync(Setup);
    }

    [Fact]
    public async Task TheFileOfAnotherServerIsNotUsed()
    {
        await KeepAsync();
        var test = new AdsUnderTest(Setup with { Servers = [AdsSetup.Server("other:1")] });
        await using var _ = test;
        await test.BeginAsync("shop");
        await test.PassAsync(1.5);
        Assert.Equal("nothing", test.Served("shop"));
        Assert.DoesNotContain(test.Log.Lines, line => line.Contains("LastKnownGoodFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OneWholeFileIsLeftThatOnlyItsOwnerReads()
    {
        await KeepAsync();
        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Equal(4, SavedFile.Read(file, out string? error)!.Count);
        Assert.Null(error);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task NoKeyIsEverInTheFile()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using IssuedCertificate leaf = authority.IssueClient("me");
        using var pem = new TempFolder();
        var files = new PemFolder(pem["pem"], leaf);
        string key = Inline(await System.IO.File.ReadAllTextAsync(files.KeyFile)), chain = Inline(await System.IO.File.ReadAllTextAsync(files.CertificateFile));
        string certificate = $"tls_certificates: [{{certificate_chain: {{inline_string: {chain}}}, private_key: {{inline_string: {key}}}}}]";
        string socket = $"{{name: tls, typed_config: {{{Texts.Tls}, common_tls_context: {{{certificate}}}}}}}";
        AdsUnderTest test = await AdsUnderTest.StartAsync(Setup, "shop");
        await using (test)
        {
            await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
            await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo("r", "inline", "hidden", "sds", "plain"));
            string secret = "common_tls_context: {tls_certificate_sds_secret_configs: [{name: mine, sds_config: {ads: {}}}]}";
            await test.SendAsync(
                Texts.ClusterType,
                "1",
                Texts.ClusterWith("inline", $"transport_socket: {socket}, ", "10.0.0.1:80"),
                Texts.ClusterWith("hidden", $"metadata: {{filter_metadata: {{notes: {{left_behind: {key}}}}}}}, ", "10.0.0.1:80"),
                Texts.ClusterWith("sds", $"transport_socket: {{name: tls, typed_config: {{{Texts.Tls}, {secret}}}}}, ", "10.0.0.1:80"),
                Texts.Cluster("plain", "10.0.0.1:80"));
            await test.SendAsync(Texts.SecretType, "1", Texts.Resource(Texts.SecretType, $"name: mine, tls_certificate: {{certificate_chain: {{inline_string: {chain}}}, private_key: {{inline_string: {key}}}}}"));
            Assert.NotNull(test.Entry(ResourceType.Secret, "mine")?.Record);
            Assert.NotNull(test.Entry(ResourceType.Cluster, "inline")?.Record);
            Assert.NotNull(test.Entry(ResourceType.Cluster, "hidden")?.Record);

            // Nor in what the state shows.
            Assert.True(test.Entry(ResourceType.Secret, "mine")!.HoldsSecret);
            Assert.True(test.Entry(ResourceType.Cluster, "inline")!.HoldsSecret);
            Assert.True(test.Entry(ResourceType.Cluster, "hidden")!.HoldsSecret);
            Assert.False(test.Entry(ResourceType.Cluster, "plain")!.HoldsSecret);
        }

        string written = Encoding.Latin1.GetString(await System.IO.File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_folder.Path))));
        Assert.Contains("plain", written, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", written, StringComparison.Ordinal);
        string body = (await System.IO.File.ReadAllTextAsync(files.KeyFile)).Split('\n')[1];
        Assert.DoesNotContain(body, written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenIsSaidAndDoesNoHarm()
    {
        string occupied = _folder["occupied"];
        await System.IO.File.WriteAllTextAsync(occupied, "");
        AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Folder = Path.Combine(occupied, "below") }, "shop");
        await using (test)
        {
            await Trees.SendAsync(test);
            await test.PassAsync(1.1);
            await Wait.EventuallyAsync(() => test.Log.Lines.Any(line => line.Contains("LastKnownGoodFailed", StringComparison.Ordinal)), TimeSpan.FromSeconds(10));
            Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        }
    }

    private static string Inline(string pem) => $"\"{pem.ReplaceLineEndings("\\n")}\"";

    private async Task KeepAsync()
    {
        AdsUnderTest test = await Trees.ServingAsync(Setup);
        await test.DisposeAsync();
    }

    private static async Task AssertNotUsedAsync(AdsSetup setup)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(setup, "shop");
        await test.PassAsync(1.5);
        Assert.Equal("nothing", test.Served("shop"));
        Assert.Contains(test.Log.Lines, line => line.StartsWith("Warning LastKnownGoodFailed", StringComparison.Ordinal));
    }
}
