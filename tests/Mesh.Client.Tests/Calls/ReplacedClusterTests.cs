using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A configuration that replaces a call's cluster after the call was routed and before it is sent.</summary>
public sealed class ReplacedClusterTests : MeshTest
{
    [Fact]
    public async Task TheCallIsRoutedAnew()
    {
        TestServer old = await StartServerAsync(name: "old"), next = await StartServerAsync(name: "next");
        TestMesh mesh = await StartMeshAsync(Yaml("v1", "v2", old));

        // Which of two clusters a call goes to is chosen by chance, hence in the middle of its routing.
        using HttpClient client = mesh.CreateClient(new Interruption(() => mesh.Memory.Update(Yaml("v3", "v4", next))));

        Assert.Equal("next", await client.GetStringAsync("http://a/"));
        Assert.Equal(0, old.Counts.Requests);
        await mesh.SettledAsync();
    }

    [Fact]
    public async Task WithoutARouteItIsToldThatThereIsNone()
    {
        TestServer old = await StartServerAsync(name: "old"), next = await StartServerAsync(name: "next");
        TestMesh mesh = await StartMeshAsync(Yaml("v1", "v2", old));
        using HttpClient client = mesh.CreateClient(new Interruption(() => mesh.Memory.Update(Yaml("v3", "v4", next).Replace("  a:", "  b:", StringComparison.Ordinal))));

        using HttpResponseMessage response = await client.GetAsync("http://a/");

        Assert.Equal("NR", response.Header("x-mesh-flag"));
        await mesh.SettledAsync();
    }

    private static string Yaml(string one, string other, TestServer server) =>
        $$"""
        services:
          a:
            versions:
              {{one}}: { endpoints: ["127.0.0.1:{{server.Port}}"] }
              {{other}}: { endpoints: ["127.0.0.1:{{server.Port}}"] }
            split: { {{one}}: 50, {{other}}: 50 }

        """;

    /// <summary>Chance that does something else first, once.</summary>
    private sealed class Interruption(Action first) : Random
    {
        private Action? _first = first;

        public override long NextInt64(long minValue, long maxValue)
        {
            Interlocked.Exchange(ref _first, null)?.Invoke();
            return minValue;
        }
    }
}
