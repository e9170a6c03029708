using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Load-balancing policies of the user's own (gRFC A52).</summary>
public sealed class CustomPolicyTests : MeshTest
{
    [Fact]
    public async Task ItChoosesWithItsConfiguration()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        var policy = new FakePolicy((context, _) => context.Configuration == """{"last":true}""" ? context.Endpoints.Count - 1 : 0);
        TestMesh mesh = await StartMeshAsync(Document("acme.Fixed", "{last: true}", one.Port, two.Port), options => options.LoadBalancingPolicies.Add(policy));
        for (int i = 0; i < 5; i++)
            Assert.Equal("two", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(("c", 2, 1u, $"127.0.0.1:{two.Port}"), (policy.Context!.Cluster, policy.Context.Endpoints.Count, policy.Context.Endpoints[1].Weight, policy.Context.Endpoints[1].Address));
    }

    [Fact]
    public async Task ItSeesCallsInFlightAndTheHash()
    {
        var gate = new Gate();
        TestServer one = await StartServerAsync(gate.HoldAsync), two = await StartServerAsync(gate.HoldAsync);
        var seen = new List<(int, ulong?)>();
        var policy = new FakePolicy((context, request) =>
        {
            lock (seen)
                seen.Add((context.Endpoints[0].InFlight, request.Hash));
            return 0;
        });
        TestMesh mesh = await StartMeshAsync(Document("acme.Fixed", "{}", [one.Port, two.Port], "hash_policy: [{header: {header_name: x-user}}]"), options => options.LoadBalancingPolicies.Add(policy));
        Task<string> held = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(one, "/hold");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-user", "u" } } };
        (await mesh.Client.SendAsync(request)).Dispose();
        gate.Open();
        await held;
        Assert.Equal([(0, null), (1, Mesh.Primitives.XxHash64.Hash("u"))], seen);
    }

    /// <summary>gRFC A76: the ring's own header counts, whatever the route hashes; a request without it goes anywhere.</summary>
    [Fact]
    public async Task ARingOfGrpcHashesItsOwnHeader()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Document("ring_hash_experimental", "{requestHashHeader: x-user}", [one.Port, two.Port], "hash_policy: [{header: {header_name: x-other}}]"));
        var seen = new HashSet<string>();
        for (int user = 0; user < 20; user++)
        {
            string first = await GetAsync("x-user", user);
            seen.Add(first);
            for (int i = 0; i < 5; i++)
                Assert.Equal(first, await GetAsync("x-user", user));
        }

        Assert.Equal(["one", "two"], seen.Order());
        var anywhere = new HashSet<string>();
        for (int i = 0; i < 50; i++)
            anywhere.Add(await GetAsync("x-other", 1));
        Assert.Equal(["one", "two"], anywhere.Order());

        async Task<string> GetAsync(string header, int user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { header, $"user-{user}" } } };
            using HttpResponseMessage response = await mesh.Client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task ARetryGoesElsewhereWhateverItChooses()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        var policy = new FakePolicy((_, _) => 0);
        TestMesh mesh = await StartMeshAsync(
            Document("acme.Fixed", "{}", [one.Port, two.Port], "retry_policy: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 0.001s}}"), options => options.LoadBalancingPolicies.Add(policy));
        (await mesh.Client.GetAsync("http://a/status/503")).Dispose();
        Assert.Equal((1L, 1L), (one.Counts.Requests, two.Counts.Requests));
    }

    [Theory]
    [InlineData(-1, "policy 'acme.Fixed' chose -1 of 1 endpoints")]
    [InlineData(1, "policy 'acme.Fixed' chose 1 of 1 endpoints")]
    [InlineData(77, "policy 'acme.Fixed' failed: out of luck")]
    [InlineData(88, "policy 'acme.Fixed' of cluster 'c' could not be made: no balancer today")]
    public async Task ItsMistakesFailCallsAndSayWhy(int chosen, string reason)
    {
        TestServer server = await StartServerAsync();
        var policy = new FakePolicy((_, _) => chosen == 77 ? throw new InvalidOperationException("out of luck") : chosen) { Refuses = chosen == 88 };
        TestMesh mesh = await StartMeshAsync(Document("acme.Fixed", "{}", server.Port), options => options.LoadBalancingPolicies.Add(policy));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((503, "UH"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains(reason, response.Header("x-mesh-reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutItTheConfigurationIsRefused()
    {
        TestMesh mesh = CreateMesh(Document("acme.Fixed", "{}", FreePort.Next()));
        MeshConfigurationException thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => mesh.Host.StartAsync(CancellationToken.None));
        Assert.Contains(thrown.Errors, error => error.Contains("none of the policies is supported: acme.Fixed", StringComparison.Ordinal));
    }

    private static string Document(string name, string configuration, params int[] ports) => Document(name, configuration, ports, "timeout: 15s");

    private static string Document(string name, string configuration, int[] ports, string route) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: c, {route}")}]"),
        Xds.ClusterWith(
            "c",
            $"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: x, typed_config: {{'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/{name}, value: {configuration}}}}}}}]}}, ",
            ports.Select(port => $"127.0.0.1:{port}")));

    private sealed class FakePolicy(Func<LoadBalancerContext, LoadBalancerRequest, int> choose) : ILoadBalancingPolicy
    {
        public string Name => "acme.Fixed";

        public bool Refuses { get; init; }

        public LoadBalancerContext? Context { get; private set; }

        public ILoadBalancer Create(LoadBalancerContext context)
        {
            Context = context;
            return Refuses ? throw new InvalidOperationException("no balancer today") : new Balancer(context, choose);
        }

        private sealed class Balancer(LoadBalancerContext context, Func<LoadBalancerContext, LoadBalancerRequest, int> choose) : ILoadBalancer
        {
            public int Choose(in LoadBalancerRequest request) => choose(context, request);
        }
    }
}
