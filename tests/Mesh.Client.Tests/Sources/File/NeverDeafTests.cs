using Mesh.Resources;
using Mesh.Sources.File;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.Wire;
using Xunit;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>After whatever went wrong, the next good state serves.</summary>
public sealed class NeverDeafTests
{
    [Theory]
    [InlineData("services: [")]
    [InlineData("services: {a: {endpoints: ['127.0.0.1:x']}}")]
    [InlineData("services: {a: {endpoints: ['127.0.0.1:5'], routes: [{to: missing}]}}")]
    [InlineData("\u0000")]
    [InlineData("--- a\n--- b")]
    public async Task BadContentKeepsTheLastGoodStateAndTheNextEditServes(string bad)
    {
        await using FileSourceUnderTest test = await StartAsync();
        for (int i = 0; i < 3; i++)
        {
            test.Write("mesh.yaml", bad);
            await test.SettleAsync();
            Assert.Equal(1, test.Port);
            Assert.NotEmpty(test.Errors);
        }

        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
        Assert.Empty(test.Errors);
    }

    [Fact]
    public async Task GoingBackToTheContentInUseClearsTheErrors()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", "services: [");
        await test.SettleAsync();
        test.Write("mesh.yaml", FileSourceUnderTest.Service(1));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Empty(test.Errors);
        Assert.Equal(2, test.Loads);
    }

    [Fact]
    public async Task ADeletedFileKeepsTheLastGoodState()
    {
        await using FileSourceUnderTest test = await StartAsync();
        System.IO.File.Delete(test.Folder["mesh.yaml"]);
        await test.SettleAsync();
        Assert.Equal(1, test.Port);
        Assert.StartsWith("mesh.yaml: cannot be read: ", Assert.Single(test.Errors), StringComparison.Ordinal);

        test.Write("mesh.yaml", FileSourceUnderTest.Service(1));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Empty(test.Errors);
    }

    [Fact]
    public async Task AnUnreadableFileKeepsTheLastGoodState()
    {
        await using FileSourceUnderTest test = await StartAsync();
        System.IO.File.Delete(test.Folder["mesh.yaml"]);

        // A link to itself cannot be read by anybody, the superuser included.
        System.IO.File.CreateSymbolicLink(test.Folder["mesh.yaml"], test.Folder["mesh.yaml"]);
        await test.SettleAsync();
        Assert.StartsWith("mesh.yaml: cannot be read: ", Assert.Single(test.Errors), StringComparison.Ordinal);

        System.IO.File.Delete(test.Folder["mesh.yaml"]);
        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
    }

    [Fact]
    public async Task ASourceThatStartsBadRecovers()
    {
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", "services: ["));
        Assert.NotEmpty(test.Errors);
        Assert.Null(test.Version);
        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
    }

    [Fact]
    public async Task AFileOverTheLimitIsNotRead()
    {
        await using FileSourceUnderTest test = await StartAsync();
        using (FileStream file = System.IO.File.OpenWrite(test.Folder["mesh.yaml"]))
            file.SetLength(100L << 20);
        await test.SettleAsync();
        Assert.Equal(
            "mesh.yaml: the file has 104857600 bytes; at most 67108864 are allowed (MeshOptions.MaxDocumentBytes)", Assert.Single(test.Errors));
        Assert.Equal(1, test.Port);

        var findings = new List<ResourceError>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(FileSource.ReadFiles([test.Folder["mesh.yaml"]], new DocumentSettings(), findings));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);

        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
    }

    /// <summary>A device says it is empty and never ends; only counting while reading bounds it.</summary>
    [Fact]
    public void AFileThatHidesItsLengthIsBoundedToo()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = new TempFolder();
        System.IO.File.CreateSymbolicLink(folder["mesh.yaml"], "/proc/kallsyms");
        var findings = new List<ResourceError>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        FileSource.ReadFiles([folder["mesh.yaml"]], new DocumentSettings(MaxBytes: 10_000), findings);
        Assert.Single(findings);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    /// <summary>Its certificate may be written after the configuration that names it: a secret that is mounted late.</summary>
    [Fact]
    public async Task AConfigurationThatWaitsForAFileServesOnceTheFileIsThere()
    {
        using var authority = CertificateAuthority.Create();
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", "services: {a: {endpoints: ['127.0.0.1:22'], tls: {ca: ca.pem}}}");
        await test.SettleAsync();
        Assert.Contains("ca.pem cannot be read", Assert.Single(test.Errors), StringComparison.Ordinal);

        test.Write("ca.pem", authority.Root.ExportCertificatePem());
        await test.SettleAsync();
        Assert.Equal(22, test.Port);
        Assert.Empty(test.Errors);
    }

    [Fact]
    public async Task AReplacedCertificateServesWithoutAnEdit()
    {
        using CertificateAuthority one = CertificateAuthority.Create("one"), two = CertificateAuthority.Create("two");
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync("mesh.yaml", test =>
        {
            test.Write("ca.pem", one.Root.ExportCertificatePem());
            test.Write("mesh.yaml", "services: {a: {endpoints: ['127.0.0.1:1'], tls: {ca: ca.pem}}}");
        });
        await test.SettleAsync();
        object? before = test.Store.Current?.FindCluster("a")?.Transport;

        test.Write("ca.pem", "half");
        await test.SettleAsync();
        Assert.Same(before, test.Store.Current?.FindCluster("a")?.Transport);

        test.Write("ca.pem", two.Root.ExportCertificatePem());
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal("CN=two", test.Store.Current?.FindCluster("a")?.Transport.Tls?.Roots?[0].Subject);
    }

    private static Task<FileSourceUnderTest> StartAsync() =>
        FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", FileSourceUnderTest.Service(1)));
}
