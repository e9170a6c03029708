using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>An endpoint that is ejected gets no call, from the very next pick on.</summary>
public sealed class EjectionTests : MeshTest
{
    [Theory]
    [InlineData("ROUND_ROBIN")]
    [InlineData("LEAST_REQUEST")]
    [InlineData("RANDOM")]
    [InlineData("RING_HASH")]
    [InlineData("MAGLEV")]
    public async Task NoCallGoesToAnEjectedEndpoint(string policy)
    {
        TestServer good = await StartServerAsync(name: "good"), bad = await StartServerAsync(AnswerWithErrorAsync, name: "bad");
        TestMesh mesh = await StartMeshAsync(
            Xds.Document(
                Xds.Listener("l", "r"),
                Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a")}]"),
                Xds.ClusterWith(
                    "a", $"lb_policy: {policy}, outlier_detection: {{consecutive_5xx: 3, max_ejection_percent: 100, enforcing_success_rate: 0}}, ", $"127.0.0.1:{good.Port}", $"127.0.0.1:{bad.Port}")),
            time: Time);
        int errors = 0;
        for (int i = 0; i < 200; i++)
        {
            using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
            errors += (int)response.StatusCode == 500 ? 1 : 0;
        }

        Assert.Equal((3, 197), (errors, good.Counts.Requests));
        Time.Advance(TimeSpan.FromSeconds(41));
        for (int i = 0; i < 200; i++)
            (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Equal(6, bad.Counts.Requests);
    }

    private static Task<bool> AnswerWithErrorAsync(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.FromResult(true);
    }
}
