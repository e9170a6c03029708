using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>Edits serve, in whatever way editors write files.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task TheFileIsLoadedAtTheStart()
    {
        await using FileSourceUnderTest test = await StartAsync();
        Assert.Equal(1, test.Port);
        Assert.Equal(12, test.Version?.Length);
        Assert.Empty(test.Errors);
        await test.SettleAsync();
        Assert.Equal(1, test.Loads);
    }

    [Fact]
    public async Task AnAtomicRenameServesAfterTheDebounce()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Replace("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(1);
        Assert.Equal(1, test.Port);
        await test.LookAsync(FileSourceUnderTest.Debounced - 1);
        Assert.Equal(22, test.Port);
    }

    [Fact]
    public async Task TruncateAndWriteIsOneEdit()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", "");
        await test.LookAsync(1);
        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.SettleAsync();
        Assert.Equal(22, test.Port);
        Assert.Equal(2, test.Loads);
    }

    [Fact]
    public async Task ATruncatedFileSeenAloneEmptiesNothing()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", "");
        await test.SettleAsync();
        Assert.Equal(1, test.Port);
        Assert.StartsWith("mesh.yaml:1:1: the text is empty", Assert.Single(test.Errors), StringComparison.Ordinal);

        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
        Assert.Empty(test.Errors);
    }

    /// <summary>The first line of a file whose rest is not there yet.</summary>
    [Theory]
    [InlineData("services:\n")]
    [InlineData("resources:\n")]
    [InlineData("static_resources:\n")]
    public async Task AKeyWithoutItsValueEmptiesNothing(string text)
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", text);
        await test.SettleAsync();
        Assert.Equal(1, test.Port);
        Assert.Single(test.Errors);
    }

    [Fact]
    public async Task ConstantEditsServeWithinTwoSeconds()
    {
        await using FileSourceUnderTest test = await StartAsync();
        for (int i = 0; i < 8; i++)
        {
            test.Write("mesh.yaml", FileSourceUnderTest.Service(100 + i));
            await test.LookAsync(1);
        }

        Assert.NotEqual(1, test.Port);
    }

    [Fact]
    public async Task BytesThatAreInUseAlreadyChangeNothing()
    {
        await using FileSourceUnderTest test = await StartAsync();
        MeshSnapshot? before = test.Store.Current;
        test.Write("mesh.yaml", FileSourceUnderTest.Service(1));
        await test.SettleAsync();
        Assert.Same(before, test.Store.Current);
        Assert.Equal(1, test.Loads);
    }

    [Fact]
    public async Task AnotherTextOfTheSameResourcesIsTheSameSnapshot()
    {
        await using FileSourceUnderTest test = await StartAsync();
        MeshSnapshot? before = test.Store.Current;
        string? version = test.Version;
        test.Write("mesh.yaml", "# a comment\n" + FileSourceUnderTest.Service(1));
        await test.SettleAsync();
        Assert.Same(before, test.Store.Current);
        Assert.NotEqual(version, test.Version);
    }

    [Fact]
    public async Task AWriteWithinOneTickOfTheClockIsSeen()
    {
        await using FileSourceUnderTest test = await StartAsync();
        test.Write("mesh.yaml", FileSourceUnderTest.Service(22));
        await test.LookAsync(FileSourceUnderTest.Debounced);
        Assert.Equal(22, test.Port);
        WriteUnseen(test, 23);
        await test.SettleAsync();
        Assert.Equal(23, test.Port);
    }

    /// <summary>The load at the start is a reading as any other: what was written in the same tick must be found too.</summary>
    [Fact]
    public async Task SoIsOneWithinTheTickOfTheStart()
    {
        await using FileSourceUnderTest test = await StartAsync();
        WriteUnseen(test, 2);
        await test.SettleAsync();
        Assert.Equal(2, test.Port);
    }

    private static void WriteUnseen(FileSourceUnderTest test, int port)
    {
        DateTime time = test.TimeOf("mesh.yaml");
        test.Write("mesh.yaml", FileSourceUnderTest.Service(port));
        test.SetTime("mesh.yaml", time);
    }

    private static Task<FileSourceUnderTest> StartAsync() =>
        FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", FileSourceUnderTest.Service(1)));
}
