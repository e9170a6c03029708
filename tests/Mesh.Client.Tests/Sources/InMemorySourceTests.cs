using Xunit;

namespace Mesh.Client.Tests.Sources;

/// <summary>Configuration given by code: an update is in use when it returns, or refused with all its errors.</summary>
public sealed class InMemorySourceTests
{
    private const string One = "services: {a: {endpoints: ['127.0.0.1:1']}}";
    private const string Two = "services: {a: {endpoints: ['127.0.0.1:2']}}";
    private const string Bad = "services: {a: {endpoints: [x], tineout: 1s}}";

    [Fact]
    public async Task AnUpdateIsInUseWhenItReturns()
    {
        var memory = new InMemorySource(One);
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        Assert.Equal("127.0.0.1:1", test.AddressOf("a"));
        memory.Update(Two);
        Assert.Equal("127.0.0.1:2", test.AddressOf("a"));
        Assert.Equal(2, test.State.Version);
        memory.Update(Two);
        Assert.Equal(2, test.State.Version);
    }

    [Fact]
    public async Task WithoutContentTheMeshStartsEmpty()
    {
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = new InMemorySource() });
        Assert.True(test.State.IsReady);
        Assert.Empty(test.State.Clusters);
    }

    [Fact]
    public async Task ABadUpdateIsRefusedWithAllItsErrors()
    {
        var memory = new InMemorySource(One);
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        var refused = Assert.Throws<MeshConfigurationException>(() => memory.Update(Bad));
        Assert.Equal(
            ["1:28: services.a.endpoints[0]: 'x' is no address", "1:32: services.a.tineout: unknown key"],
            refused.Errors.Select(error => error[..error.IndexOf(error.Contains("no address", StringComparison.Ordinal) ? ";" : "; did", StringComparison.Ordinal)]));
        Assert.Equal("127.0.0.1:1", test.AddressOf("a"));
        Assert.Equal(One, memory.Text);
        Assert.Equal(refused.Errors, test.Errors);

        memory.Update(One);
        Assert.Empty(test.Errors);
        Assert.Throws<MeshConfigurationException>(() => memory.Update(Bad));
        memory.Update(Two);
        Assert.Equal("127.0.0.1:2", test.AddressOf("a"));
    }

    [Fact]
    public async Task BeforeTheStartATextIsKeptAndCheckedAtTheStart()
    {
        var memory = new InMemorySource(One);
        memory.Update(Bad);
        memory.Update(Two);
        await using (HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory }))
            Assert.Equal("127.0.0.1:2", test.AddressOf("a"));

        var bad = new InMemorySource(Bad);
        var refused = await Assert.ThrowsAsync<MeshConfigurationException>(() => HostUnderTest.StartAsync(new MeshOptions { InMemory = bad }));
        Assert.Equal(2, refused.Errors.Count);
    }

    [Fact]
    public async Task AfterDisposalATextIsKeptForTheNextMesh()
    {
        var memory = new InMemorySource(One);
        HostUnderTest first = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        await first.DisposeAsync();
        memory.Update(Two);
        await using HostUnderTest second = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        Assert.Equal("127.0.0.1:2", second.AddressOf("a"));
    }

    [Fact]
    public async Task ItBelongsToOneMesh()
    {
        var memory = new InMemorySource(One);
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        await Assert.ThrowsAsync<MeshConfigurationException>(() => HostUnderTest.StartAsync(new MeshOptions { InMemory = memory }));
        memory.Update(Two);
        Assert.Equal("127.0.0.1:2", test.AddressOf("a"));
    }

    [Fact]
    public async Task UpdatesOfManyThreadsEndInTheLastOne()
    {
        var memory = new InMemorySource(One);
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { InMemory = memory });
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
                memory.Update($"services: {{a: {{endpoints: ['127.0.0.1:{(thread * 100) + i}']}}}}");
        })));
        Assert.Contains(test.AddressOf("a")!, memory.Text, StringComparison.Ordinal);
    }
}
