using Xunit;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>A directory of files is one configuration.</summary>
public sealed class DirectoryTests
{
    [Fact]
    public async Task ItsConfigurationFilesAreReadTogether()
    {
        await using FileSourceUnderTest test = await StartAsync();
        Assert.Equal((1, 2, 3), (test.PortOf("a"), test.PortOf("b"), test.PortOf("c")));
    }

    [Fact]
    public async Task FilesComeAndGo()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("d.yaml", FileSourceUnderTest.Service(4, "d"));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(4, test.PortOf("d"));

        System.IO.File.Delete(test.Folder["b.yml"]);
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal((1, null, 3, 4), (test.PortOf("a"), test.PortOf("b"), test.PortOf("c"), test.PortOf("d")));
    }

    [Fact]
    public async Task WhatEditorsLeaveBehindIsNotRead()
    {
        await using FileSourceUnderTest test = await StartAsync();
        foreach (string name in new[] { ".a.yaml.swp", ".hidden.yaml", "a.yaml~", "#a.yaml#", "a.yaml.bak", "4913", "notes.txt" })
            test.Write(name, "broken: [");
        Directory.CreateDirectory(test.Folder["sub.yaml"]);
        await test.SettleAsync();
        Assert.Empty(test.Errors);
        Assert.Equal(1, test.Loads);
    }

    [Fact]
    public async Task OneBadFileKeepsThemAllAsTheyWere()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("a.yaml", FileSourceUnderTest.Service(11));
        test.Write("b.yml", "services: {b: {endpoint: []}}");
        await test.SettleAsync();
        Assert.Equal(1, test.Port);
        Assert.Contains("b.yml:1:", Assert.Single(test.Errors, error => error.Contains("unknown key", StringComparison.Ordinal)), StringComparison.Ordinal);

        test.Write("b.yml", FileSourceUnderTest.Service(22, "b"));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal((11, 22), (test.PortOf("a"), test.PortOf("b")));
    }

    [Fact]
    public async Task ANameInTwoFilesNamesTheOther()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("z.yaml", FileSourceUnderTest.Service(9));
        await test.SettleAsync();
        string error = Assert.Single(test.Errors);
        Assert.StartsWith("z.yaml:1:12: ", error, StringComparison.Ordinal);
        Assert.Contains("a.yaml already; names must be unique", error, StringComparison.Ordinal);
        Assert.Equal(1, test.Port);
    }

    [Fact]
    public async Task AnEmptiedOrDeletedDirectoryKeepsTheLastGoodState()
    {
        await using FileSourceUnderTest test = await StartAsync();
        foreach (string file in Directory.GetFiles(test.Folder.Path))
            System.IO.File.Delete(file);
        await test.SettleAsync();
        Assert.Contains("the directory holds no .yaml, .yml or .json file", Assert.Single(test.Errors), StringComparison.Ordinal);

        Directory.Delete(test.Folder.Path);
        await test.SettleAsync();
        Assert.Contains("cannot be read", Assert.Single(test.Errors), StringComparison.Ordinal);
        Assert.Equal(1, test.Port);

        Directory.CreateDirectory(test.Folder.Path);
        test.Write("a.yaml", FileSourceUnderTest.Service(11));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(11, test.Port);
        Assert.Empty(test.Errors);
    }

    private static Task<FileSourceUnderTest> StartAsync() => FileSourceUnderTest.StartAsync("", test =>
    {
        test.Write("a.yaml", FileSourceUnderTest.Service(1));
        test.Write("b.yml", FileSourceUnderTest.Service(2, "b"));
        test.Write("c.json", """{"services": {"c": {"endpoints": ["127.0.0.1:3"]}}}""");
    });
}
