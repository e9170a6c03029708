using Xunit;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>A Kubernetes ConfigMap: <c>mesh.yaml</c> leads through the link <c>..data</c>, which is swapped as a whole.</summary>
public sealed class LinkSwapTests
{
    [Fact]
    public async Task ASwappedLinkServes()
    {
        await using FileSourceUnderTest test = await StartAsync("mesh.yaml");
        Swap(test, "..two", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
    }

    [Fact]
    public async Task SoItDoesForTheDirectory()
    {
        await using FileSourceUnderTest test = await StartAsync("");
        Swap(test, "..two", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
    }

    /// <summary>Reproducible images and package stores give every file one length-independent time.</summary>
    [Fact]
    public async Task ASwapToAFileOfEqualLengthAndTimeIsSeen()
    {
        await using FileSourceUnderTest test = await StartAsync("mesh.yaml");
        await test.SettleAsync();
        Swap(test, "..two", FileSourceUnderTest.Service(2));
        test.SetTime("..two/mesh.yaml", test.TimeOf("..one/mesh.yaml"));
        await test.SettleAsync();
        Assert.Equal(2, test.Port);
    }

    [Fact]
    public async Task ALinkThatLeadsNowhereKeepsTheLastGoodState()
    {
        await using FileSourceUnderTest test = await StartAsync("mesh.yaml");
        Directory.Delete(test.Folder["..one"], recursive: true);
        await test.SettleAsync();
        Assert.Equal(1, test.Port);
        Assert.StartsWith("mesh.yaml: cannot be read: ", Assert.Single(test.Errors), StringComparison.Ordinal);

        Swap(test, "..two", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
        Assert.Empty(test.Errors);
    }

    private static Task<FileSourceUnderTest> StartAsync(string name) => FileSourceUnderTest.StartAsync(name, test =>
    {
        Swap(test, "..one", FileSourceUnderTest.Service(1));
        System.IO.File.CreateSymbolicLink(test.Folder["mesh.yaml"], Path.Combine("..data", "mesh.yaml"));
    });

    /// <summary>A new folder with the file, and the link turned to it; a moment without the link is what a slow look sees at worst.</summary>
    private static void Swap(FileSourceUnderTest test, string folder, string text)
    {
        Directory.CreateDirectory(test.Folder[folder]);
        test.Write(Path.Combine(folder, "mesh.yaml"), text);
        string link = test.Folder["..data"];
        if (new FileInfo(link).LinkTarget is not null)
            System.IO.File.Delete(link);
        Directory.CreateSymbolicLink(link, folder);
    }
}
