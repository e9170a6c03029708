using Mesh.Primitives;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A split by weights, with chances the test knows.</summary>
public sealed class WeightedSplitTests : MeshTest
{
    private const int Calls = 500;
    private const int Seed = 7;

    [Fact]
    public async Task CallsFallAsTheNumbersDo()
    {
        TestServer v1 = await StartServerAsync(name: "v1"), v2 = await StartServerAsync(name: "v2");
        TestMesh mesh = await StartMeshAsync(Split(v1, v2, "v1: 90, v2: 10"));
        using HttpClient client = mesh.CreateClient(new Random(Seed));
        var chances = new Random(Seed);
        int first = Enumerable.Range(0, Calls).Count(_ => chances.NextUInt64() % 100 < 90);

        for (int i = 0; i < Calls; i++)
            await client.GetStringAsync("http://a/");

        Assert.InRange(first, 425, 475);
        Assert.Equal((first, Calls - first), ((int)v1.Counts.Requests, (int)v2.Counts.Requests));
    }

    [Fact]
    public async Task AWeightOfZeroGetsNothing()
    {
        TestServer v1 = await StartServerAsync(), v2 = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Split(v1, v2, "v1: 0, v2: 1"));

        for (int i = 0; i < 50; i++)
            await mesh.Client.GetStringAsync("http://a/");

        Assert.Equal((0L, 50L), (v1.Counts.Requests, v2.Counts.Requests));
    }

    /// <summary>The cluster is chosen once for a call (gRFC A31).</summary>
    [Fact]
    public async Task RetriesStayOnTheirCluster()
    {
        TestServer v1 = await StartServerAsync(), v2 = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Split(v1, v2, "v1: 50, v2: 50") + "    retry: { retries: 3, on: [5xx], backoff: 1ms }\n");

        for (int i = 0; i < 20; i++)
            (await mesh.Client.GetAsync($"http://a/status/503?call={i}")).Dispose();

        foreach (TestServer server in (TestServer[])[v1, v2])
        {
            Assert.All(server.Records.CountBy(record => record.Target), calls => Assert.Equal(4, calls.Value));
            Assert.NotEmpty(server.Records);
        }
    }

    private static string Split(TestServer v1, TestServer v2, string weights) =>
        $$"""
        services:
          a:
            versions:
              v1: { endpoints: ["127.0.0.1:{{v1.Port}}"] }
              v2: { endpoints: ["127.0.0.1:{{v2.Port}}"] }
            split: { {{weights}} }

        """;
}
