using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Load-balancing policies (gRFC A42, A48, A52, A58, A62), outlier detection (A50) and circuit breakers (A32): read and checked.</summary>
public sealed class LoadBalancingDecoderTests
{
    private const string Prefix = "type.googleapis.com/envoy.extensions.load_balancing_policies.";
    private const string Assignment = "load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}";
    private static readonly DecoderSettings Grpc = new() { Dialect = XdsDialect.Grpc, CustomPolicies = new Dictionary<string, ILoadBalancingPolicy?> { ["my.Policy"] = null } };

    public static TheoryData<string, object> Policies => new()
    {
        { "round_robin.v3.RoundRobin, slow_start_config: {slow_start_window: 60s, aggression: {default_value: 2}, min_weight_percent: {value: 5}}", new RoundRobinResource { SlowStart = new SlowStartResource(TimeSpan.FromSeconds(60), 2, 5) } },
        { "least_request.v3.LeastRequest, choice_count: 3, active_request_bias: {default_value: 0.5}, selection_method: FULL_SCAN", new LeastRequestResource { ChoiceCount = 3, ActiveRequestBias = 0.5, FullScan = true } },
        { "random.v3.Random, locality_lb_config: {locality_weighted_lb_config: {}}", new RandomResource(new LocalityLbResource(null)) },
        { "ring_hash.v3.RingHash, hash_function: XX_HASH, minimum_ring_size: 10, maximum_ring_size: 100", new RingHashResource { MinimumRingSize = 10, MaximumRingSize = 100 } },
        { "ring_hash.v3.RingHash, hash_function: MURMUR_HASH_2, consistent_hashing_lb_config: {use_hostname_for_hashing: true, hash_balance_factor: 150}, locality_weighted_lb_config: {}",
            new RingHashResource { Murmur = true, Hashing = new ConsistentHashingResource(true, 150), LocalityWeighted = true } },
        { "maglev.v3.Maglev, table_size: 11", new MaglevResource { TableSize = 11 } },
        { "pick_first.v3.PickFirst, shuffle_address_list: true", new PickFirstResource(true) },
        { "wrr_locality.v3.WrrLocality, endpoint_picking_policy: {policies: [{typed_extension_config: {name: a, typed_config: {'@type': " + Prefix + "round_robin.v3.RoundRobin}}}]}", new WrrLocalityResource(RoundRobinResource.Default) },
        { "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin, enable_oob_load_report: true, blackout_period: 5s, error_utilization_penalty: 1.5",
            new WeightedRoundRobinResource { EnableOobLoadReport = true, BlackoutPeriod = TimeSpan.FromSeconds(5), ErrorUtilizationPenalty = 1.5f } },
        { "round_robin.v3.RoundRobin, locality_lb_config: {zone_aware_lb_config: {routing_enabled: {value: 50}, min_cluster_size: 3, force_local_zone: {min_size: 2}, locality_basis: HEALTHY_HOSTS_WEIGHT}}",
            new RoundRobinResource { Locality = new LocalityLbResource(new ZoneAwareResource { RoutingEnabledPercent = 50, MinClusterSize = 3, ForceLocalZoneMinSize = 2, ByWeight = true }) } },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void EachPolicyIsRead(string policy, object expected) => Assert.Equal((LoadBalancingPolicyResource)expected, Policy(policy));

    [Theory]
    [InlineData("lb_policy: RANDOM", typeof(RandomResource))]
    [InlineData("lb_policy: LEAST_REQUEST", typeof(LeastRequestResource))]
    [InlineData("lb_policy: MAGLEV, maglev_lb_config: {table_size: 13}", typeof(MaglevResource))]
    [InlineData("lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 5}", typeof(RingHashResource))]
    [InlineData("lb_policy: ROUND_ROBIN, ring_hash_lb_config: {minimum_ring_size: 5}", typeof(RoundRobinResource))]
    public void TheOldWayIsReadToo(string fields, Type expected) => Assert.IsType(expected, Cluster(fields).Set.Clusters["c"].LoadBalancing);

    [Fact]
    public void TheFirstOfTheListThatIsKnownIsTaken() => Assert.Equal(
        new PickFirstResource(false),
        Cluster($"lb_policy: RING_HASH, load_balancing_policy: {{policies: [{Entry("override_host.v3.OverrideHost")}, {Entry("pick_first.v3.PickFirst")}, {Entry("random.v3.Random")}]}}").Set.Clusters["c"].LoadBalancing);

    [Theory]
    [InlineData("load_balancing_policy: {}", "load_balancing_policy.policies")]
    [InlineData("load_balancing_policy: {policies: [{}]}", "load_balancing_policy.policies[0].typed_extension_config.typed_config")]
    [InlineData("lb_policy: LOAD_BALANCING_POLICY_CONFIG", "load_balancing_policy")]
    [InlineData("lb_policy: CLUSTER_PROVIDED", "lb_policy")]
    [InlineData("lb_policy: 77", "lb_policy")]
    [InlineData("ring_hash_lb_config: {maximum_ring_size: 8388609}", "ring_hash_lb_config.maximum_ring_size")]
    [InlineData("lb_policy: RING_HASH, ring_hash_lb_config: {maximum_ring_size: 100}", "ring_hash_lb_config.maximum_ring_size")]
    [InlineData("least_request_lb_config: {choice_count: 1}", "least_request_lb_config.choice_count")]
    [InlineData("least_request_lb_config: {active_request_bias: {default_value: -1}}", "least_request_lb_config.active_request_bias.default_value")]
    [InlineData("lb_policy: MAGLEV, maglev_lb_config: {table_size: 10}", "maglev_lb_config.table_size")]
    [InlineData("maglev_lb_config: {table_size: 5000081}", "maglev_lb_config.table_size")]
    [InlineData("round_robin_lb_config: {slow_start_config: {aggression: {default_value: 0}}}", "round_robin_lb_config.slow_start_config.aggression.default_value")]
    [InlineData("common_lb_config: {healthy_panic_threshold: {value: 101}}", "common_lb_config.healthy_panic_threshold")]
    [InlineData("common_lb_config: {consistent_hashing_lb_config: {hash_balance_factor: 99}}", "common_lb_config.consistent_hashing_lb_config.hash_balance_factor")]
    [InlineData("common_lb_config: {override_host_status: {statuses: [9]}}", "common_lb_config.override_host_status.statuses[0]")]
    [InlineData("outlier_detection: {max_ejection_percent: 101}", "outlier_detection.max_ejection_percent")]
    [InlineData("outlier_detection: {interval: 0s}", "outlier_detection.interval")]
    [InlineData("outlier_detection: {base_ejection_time: 60s, max_ejection_time: 30s}", "outlier_detection.max_ejection_time")]
    [InlineData("circuit_breakers: {thresholds: [{priority: 7}]}", "circuit_breakers.thresholds[0].priority")]
    [InlineData("circuit_breakers: {thresholds: [{retry_budget: {budget_percent: {value: 200}}}]}", "circuit_breakers.thresholds[0].retry_budget.budget_percent")]
    public void WrongValuesRefuseTheCluster(string fields, string path) =>
        Assert.Equal([path], Cluster(fields).Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Path));

    [Theory]
    [InlineData("lb_policy: MAGLEV", "lb_policy")]
    [InlineData("lb_policy: RING_HASH, ring_hash_lb_config: {hash_function: MURMUR_HASH_2}", "ring_hash_lb_config.hash_function")]
    [InlineData("lrs_server: {ads: {}}", "lrs_server")]
    public void WhatOnlyGrpcRefuses(string fields, string path)
    {
        Assert.False(Cluster(fields).HasErrors);
        Assert.Equal([path], Cluster(fields, Grpc).Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Path));
    }

    /// <summary>gRFC A50 has two of the detectors: the fields of the others are named, not passed over.</summary>
    [Theory]
    [InlineData("consecutive_5xx: 3")]
    [InlineData("enforcing_consecutive_gateway_failure: 100")]
    [InlineData("split_external_local_origin_errors: true")]
    [InlineData("max_ejection_time_jitter: 1s")]
    [InlineData("always_eject_one_host: true")]
    [InlineData("enforcing_failure_percentage_local_origin: 1")]
    public void WhatGrpcDoesNotReadIsReported(string field)
    {
        string path = $"outlier_detection.{field[..field.IndexOf(':', StringComparison.Ordinal)]}";
        Assert.DoesNotContain(Cluster($"outlier_detection: {{{field}}}").Findings, finding => finding.Path == path);
        Assert.Equal(Severity.Warning, Assert.Single(Cluster($"outlier_detection: {{{field}}}", Grpc).Findings, finding => finding.Path == path).Severity);
    }

    [Fact]
    public void GrpcGoesOnToThePolicyItHas()
    {
        const string Struct = "{typed_extension_config: {name: a, typed_config: {'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: x/my.Policy, value: {a: 1}}}}";
        Assert.Equal(new PickFirstResource(false), Cluster($"load_balancing_policy: {{policies: [{Entry("maglev.v3.Maglev")}, {Entry("pick_first.v3.PickFirst")}]}}", Grpc).Set.Clusters["c"].LoadBalancing);
        Assert.Equal(new CustomPolicyResource("my.Policy", "{\"a\":1}"), Cluster($"load_balancing_policy: {{policies: [{Struct}]}}", Grpc).Set.Clusters["c"].LoadBalancing);
        Assert.True(Cluster($"load_balancing_policy: {{policies: [{Struct}]}}").HasErrors);
    }

    [Theory]
    [InlineData("{}", 10_000, 10)]
    [InlineData("{decay_time: 2.5s}", 2500, 10)]
    [InlineData("{decay_time: 1s, default_rtt: 0.03s}", 1000, 30)]
    public void ThePolicyOfTheMeshsOwnIsRead(string config, double decay, double rtt)
    {
        var expected = new PeakEwmaResource { DecayTime = TimeSpan.FromMilliseconds(decay), DefaultRtt = TimeSpan.FromMilliseconds(rtt) };
        Assert.Equal(expected, Cluster($"load_balancing_policy: {{policies: [{PeakEwma(config)}]}}").AssertFindings().Set.Clusters["c"].LoadBalancing);
        Assert.Equal(expected, Cluster($"load_balancing_policy: {{policies: [{PeakEwma(config)}]}}", Grpc).Set.Clusters["c"].LoadBalancing);
    }

    [Theory]
    [InlineData("{decay_time: 0s}", "decay_time: 0s is not allowed: it must be more than 0s")]
    [InlineData("{default_rtt: -1s}", "default_rtt: -1s is not allowed: it must be more than 0s")]
    [InlineData("{default_rtt: 10}", "default_rtt: 10 is no duration; write one like \"10s\"")]
    [InlineData("{decay_time: soon}", "decay_time: \"soon\" is no duration")]
    [InlineData("{decay: 1s}", "decay: not known; allowed are decay_time and default_rtt")]
    public void WrongValuesOfItRefuseTheCluster(string config, string error) => Cluster($"load_balancing_policy: {{policies: [{PeakEwma(config)}]}}")
        .AssertFindings($"E load_balancing_policy.policies[0].typed_extension_config.typed_config.value.{error}");

    [Fact]
    public void PoliciesWithinOneAnotherEndSomewhere()
    {
        Assert.False(Cluster($"load_balancing_policy: {Nested(15)}").HasErrors);
        Assert.True(Cluster($"load_balancing_policy: {Nested(16)}").HasErrors);
    }

    [Fact]
    public void LimitsAreRead()
    {
        ClusterResource cluster = Cluster(
            "lrs_server: {self: {}}, lrs_report_endpoint_metrics: [cpu_utilization], circuit_breakers: {thresholds: [{max_requests: 5}, {priority: HIGH, max_retries: 2, retry_budget: {}}], per_host_thresholds: [{max_connections: 1}]}, "
            + "outlier_detection: {consecutive_5xx: 3, interval: 1s, enforcing_success_rate: 0}").Set.Clusters["c"];
        Assert.True(cluster.LrsServerSelf);
        Assert.Equal(["cpu_utilization"], cluster.LrsReportEndpointMetrics);
        Assert.Equal([new CircuitBreakerResource { MaxRequests = 5 }, new CircuitBreakerResource { HighPriority = true, MaxRetries = 2, RetryBudget = new RetryBudgetResource(20, 3) }], cluster.CircuitBreakers);
        Assert.Equal([new CircuitBreakerResource { MaxConnections = 1 }], cluster.PerHostCircuitBreakers);
        Assert.Equal(new OutlierDetectionResource { Consecutive5xx = 3, Interval = TimeSpan.FromSeconds(1), EnforcingSuccessRate = 0 }, cluster.OutlierDetection);
    }

    private static string PeakEwma(string config) =>
        $"{{typed_extension_config: {{name: a, typed_config: {{'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/mesh.peak_ewma, value: {config}}}}}}}";

    private static string Nested(int depth) => depth == 0
        ? $"{{policies: [{Entry("round_robin.v3.RoundRobin")}]}}"
        : $"{{policies: [{{typed_extension_config: {{name: a, typed_config: {{'@type': {Prefix}wrr_locality.v3.WrrLocality, endpoint_picking_policy: {Nested(depth - 1)}}}}}}}]}}";

    private static LoadBalancingPolicyResource Policy(string policy)
    {
        Decoded decoded = Cluster($"load_balancing_policy: {{policies: [{Entry(policy)}]}}");
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        return decoded.Set.Clusters["c"].LoadBalancing;
    }

    private static string Entry(string policy) => $"{{typed_extension_config: {{name: a, typed_config: {{'@type': {Prefix}{policy}}}}}}}";

    private static Decoded Cluster(string fields, DecoderSettings? settings = null) => Decoded.Read(
        System.Text.Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, $"name: c, {fields}, {Assignment}"))),
        yaml: true, limits: new DocumentSettings { Decoder = settings ?? DecoderSettings.Default });
}
