using Mesh.TestKit;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Mesh.Client.Tests.Sources;

/// <summary>A file, settings and code together.</summary>
public sealed class SeveralSourcesTests
{
    private static readonly IConfiguration Settings =
        new ConfigurationBuilder().AddInMemoryCollection([new("services:a:endpoints:0", "127.0.0.1:1"), new("services:a:to", "a")]).Build();

    [Fact]
    public async Task TheyAreOneConfiguration()
    {
        using var folder = new TempFolder();
        await System.IO.File.WriteAllTextAsync(folder["mesh.yaml"], Tests.Xds.Document(Tests.Xds.Listener("l", "r"), Tests.Xds.Routes("r", "a", "b")));
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions
        {
            ConfigurationPath = folder["mesh.yaml"],
            Settings = Settings,
            InMemory = new InMemorySource(Tests.Xds.Document(Tests.Xds.Cluster("b", "127.0.0.1:2"))),
        });
        Assert.Equal(("127.0.0.1:1", "127.0.0.1:2"), (test.AddressOf("a"), test.AddressOf("b")));
        Assert.Equal([$"file {folder["mesh.yaml"]}", "settings", "memory"], test.State.Sources.Select(source => source.Name));
    }

    [Fact]
    public async Task ANameGivenTwiceRefusesTheStartAndNamesBoth()
    {
        var refused = await Assert.ThrowsAsync<MeshConfigurationException>(() => HostUnderTest.StartAsync(new MeshOptions
        {
            Settings = Settings,
            InMemory = new InMemorySource(Tests.Xds.Document(Tests.Xds.Cluster("a", "127.0.0.1:2"))),
        }));
        Assert.Equal("2:3: Cluster 'a': given by memory and by settings; only one source may give it", Assert.Single(refused.Errors));
    }

    [Fact]
    public async Task ANameGivenTwiceLaterRefusesTheUpdate()
    {
        var memory = new InMemorySource();
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = Settings, InMemory = memory });
        var refused = Assert.Throws<MeshConfigurationException>(() => memory.Update(Tests.Xds.Document(Tests.Xds.Cluster("a", "127.0.0.1:2"))));
        Assert.Contains("given by memory and by settings", Assert.Single(refused.Errors), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1:1", test.AddressOf("a"));
    }

    /// <summary>Whoever was told that an update is refused must not find it in use later.</summary>
    [Fact]
    public async Task AnUpdateByCodeThatWasRefusedStaysRefused()
    {
        IConfigurationRoot settings = new ConfigurationBuilder().AddInMemoryCollection([new("services:a:endpoints:0", "127.0.0.1:1")]).Build();
        var memory = new InMemorySource();
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = settings, InMemory = memory });
        Assert.Throws<MeshConfigurationException>(() => memory.Update(Tests.Xds.Document(Tests.Xds.Listener("l", "r"), Tests.Xds.Routes("r", "b"))));
        settings["services:b:endpoints:0"] = "127.0.0.1:2";
        settings.Reload();
        test.WaitForLoop();
        Assert.Equal("127.0.0.1:2", test.AddressOf("b"));
        Assert.Equal(["mesh"], test.State.Listeners.Select(listener => listener.Name));
    }

    /// <summary>What was refused for want of something another source gives later must serve then, without another edit.</summary>
    [Fact]
    public async Task WhatWaitsForAnotherSourceServesOnceItIsThere()
    {
        IConfigurationRoot settings = new ConfigurationBuilder().AddInMemoryCollection([new("services:a:endpoints:0", "127.0.0.1:1")]).Build();
        var memory = new InMemorySource(Tests.Xds.Document(Tests.Xds.Cluster("b", "127.0.0.1:2")));
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = settings, InMemory = memory });
        settings["services:a:to"] = "c";
        settings.Reload();
        test.WaitForLoop();
        Assert.NotEmpty(test.Errors);

        memory.Update(Tests.Xds.Document(Tests.Xds.Cluster("c", "127.0.0.1:3")));
        Assert.Empty(test.Errors);
        Assert.Equal("c", test.Snapshot?.Listeners[0].Routes.VirtualHosts[0].Routes[0].Route.Destinations[0].Name);
    }
}
