using Mesh.Sources.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Xunit;

namespace Mesh.Client.Tests.Sources.Settings;

/// <summary>The short form as settings, through whatever provider they come.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void SectionsAreObjectsAndNumberedKeysAreLists() => Assert.Equal(
        """{"services":{"a":{"endpoints":["127.0.0.1:1","127.0.0.1:2"],"timeout":"2s"}}}""",
        SettingsText.Of(Settings(("services:a:timeout", "2s"), ("services:a:endpoints:1", "127.0.0.1:2"), ("services:a:endpoints:0", "127.0.0.1:1")).Build()));

    [Fact]
    public void ListsAreInTheOrderOfTheirNumbers()
    {
        IConfigurationRoot settings = Settings([.. Enumerable.Range(0, 12).Reverse().Select(i => ($"l:{i}", (string?)$"v{i}"))]).Build();
        Assert.Equal("""{"l":["v0","v1","v2","v3","v4","v5","v6","v7","v8","v9","v10","v11"]}""", SettingsText.Of(settings));
    }

    [Fact]
    public void NothingIsNull() => Assert.Equal("null", SettingsText.Of(new ConfigurationBuilder().Build()));

    [Fact]
    public void TextsAreEscaped() => Assert.Equal("""{"a":"\u0022\\\u00FC"}""", SettingsText.Of(Settings(("a", "\"\\ü")).Build()), ignoreCase: true);

    [Fact]
    public async Task TheyServeAndAReloadServes()
    {
        IConfigurationRoot settings = Settings(("services:a:endpoints:0", "127.0.0.1:1")).Build();
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = settings });
        Assert.Equal("127.0.0.1:1", test.AddressOf("a"));

        Assert.Single(settings.Providers.OfType<MemoryConfigurationProvider>()).Set("services:a:endpoints:0", "127.0.0.1:2");
        settings.Reload();
        test.WaitForLoop();
        Assert.Equal("127.0.0.1:2", test.AddressOf("a"));
    }

    [Fact]
    public async Task ABadReloadKeepsTheLastGoodStateAndTheNextServes()
    {
        IConfigurationRoot settings = Settings(("services:a:endpoints:0", "127.0.0.1:1")).Build();
        MemoryConfigurationProvider provider = settings.Providers.OfType<MemoryConfigurationProvider>().Single();
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = settings });

        provider.Set("services:a:timeout", "soon");
        settings.Reload();
        test.WaitForLoop();
        Assert.Equal("127.0.0.1:1", test.AddressOf("a"));
        Assert.Contains("services.a.timeout: 'soon' is no duration", Assert.Single(test.Errors), StringComparison.Ordinal);

        provider.Set("services:a:timeout", "1s");
        provider.Set("services:a:endpoints:0", "127.0.0.1:3");
        settings.Reload();
        test.WaitForLoop();
        Assert.Equal("127.0.0.1:3", test.AddressOf("a"));
        Assert.Empty(test.Errors);
    }

    /// <summary>Keys of settings ignore case: an environment variable that overrides one is written in capitals.</summary>
    [Fact]
    public async Task KeysIgnoreCase()
    {
        IConfigurationRoot settings = Settings(("Services:a:Endpoints:0", "127.0.0.1:1")).AddInMemoryCollection([new("SERVICES:A:ENDPOINTS:0", "127.0.0.1:2")]).Build();
        await using HostUnderTest test = await HostUnderTest.StartAsync(new MeshOptions { Settings = settings });
        Assert.Equal("127.0.0.1:2", test.AddressOf("a") ?? test.AddressOf("A"));
    }

    private static IConfigurationBuilder Settings(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, value.Value)));
}
