using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Retry policies: what is not known retries less than asked, so it is a warning; a nonsensical number is an error.</summary>
public sealed class RetryPolicyDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route.retry_policy";
    private static readonly RetryPolicyResource On5xx = new() { RetryOn = RetryConditions.ServerError };

    [Fact]
    public void EveryFieldIsRead()
    {
        AssertPolicy("", new());
        AssertPolicy("retry_on: 5xx", On5xx);
        AssertPolicy("retry_on: ' 5XX , ,reset,'", On5xx with { RetryOn = RetryConditions.ServerError | RetryConditions.Reset });
        AssertPolicy("retry_on: 5xx, num_retries: 0", On5xx with { NumRetries = 0 });
        AssertPolicy("retry_on: 5xx, num_retries: 4294967295", On5xx with { NumRetries = uint.MaxValue });
        AssertPolicy("retry_on: 5xx, per_try_timeout: 0.25s", On5xx with { PerTryTimeout = TimeSpan.FromMilliseconds(250) });
        AssertPolicy("retry_on: 5xx, retriable_status_codes: [100, 599]", On5xx with { RetriableStatusCodes = [100, 599] });
        AssertPolicy("retry_on: 5xx, retry_back_off: {base_interval: 1s}", On5xx with { BaseInterval = Seconds(1), MaxInterval = Seconds(10) });
        AssertPolicy("retry_on: 5xx, retry_back_off: {base_interval: 1s, max_interval: 1s}", On5xx with { BaseInterval = Seconds(1), MaxInterval = Seconds(1) });
        AssertPolicy(
            "retry_on: 5xx, retry_back_off: {base_interval: 0.0001s}",
            On5xx with { BaseInterval = TimeSpan.FromMilliseconds(1), MaxInterval = TimeSpan.FromMilliseconds(10) });
    }

    [Fact]
    public void EveryConditionHasItsName()
    {
        foreach (var (name, condition) in RetryConditionNames.All)
            AssertPolicy($"retry_on: {name}", new() { RetryOn = condition });
        Assert.Equal(
            Enum.GetValues<RetryConditions>().Where(condition => condition is not RetryConditions.None),
            RetryConditionNames.All.Select(entry => entry.Condition).Order());
    }

    [Fact]
    public void AnUnknownConditionIsAWarning() => Assert.Equal(
        RetryConditions.ServerError,
        Read("retry_on: '5xx,connect-error'")
            .AssertFindings($"W {At}.retry_on: 'connect-error' is not known: it has no effect")
            .Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Action.RetryPolicy?.RetryOn);

    [Theory]
    [InlineData("retry_back_off: {}", $"E {At}.retry_back_off.base_interval: required")]
    [InlineData("retry_back_off: {max_interval: 1s}", $"E {At}.retry_back_off.base_interval: required")]
    [InlineData("retry_back_off: {base_interval: 0s}", $"E {At}.retry_back_off.base_interval: 0s is not allowed: it must be more than 0s")]
    [InlineData("retry_back_off: {base_interval: 2s, max_interval: 1s}", $"E {At}.retry_back_off.max_interval: 1s is less than base_interval, 2s")]
    [InlineData("retry_back_off: {base_interval: 2s, max_interval: 0s}", $"E {At}.retry_back_off.max_interval: 0s is not allowed")]
    [InlineData("per_try_timeout: -1s", $"E {At}.per_try_timeout: -1s is not allowed")]
    [InlineData("retriable_status_codes: [99, 200, 600]",
        $"E {At}.retriable_status_codes[0]: 99 is no HTTP status", $"E {At}.retriable_status_codes[2]: 600 is no HTTP status")]
    [InlineData("retry_priority: {name: p}")]
    [InlineData("retry_priority: {}", $"E {At}.retry_priority.name: required")]
    [InlineData("retry_priority: {name: p, typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig} }",
        $"E {At}.retry_priority.typed_config.update_frequency: 0 is not allowed; more than 0 is")]
    [InlineData("retry_host_predicate: [{name: p}]", $"W {At}.retry_host_predicate[0].name: 'p' is not known: it passes over no endpoint")]
    [InlineData("rate_limited_retry_back_off: {}", $"E {At}.rate_limited_retry_back_off.reset_headers: at least one is required")]
    [InlineData("per_try_idle_timeout: -1s", $"E {At}.per_try_idle_timeout: -1s is not allowed")]
    public void OthersAreReported(string policy, params string[] findings) => Read(policy).AssertFindings(findings);

    [Theory]
    [InlineData("", HostPredicateKind.PreviousHosts, "")]
    [InlineData("previous_hosts.v3.PreviousHostsPredicate", HostPredicateKind.PreviousHosts, "")]
    [InlineData("omit_canary_hosts.v3.OmitCanaryHostsPredicate", HostPredicateKind.OmitCanaryHosts, "")]
    [InlineData("omit_host_metadata.v3.OmitHostMetadataConfig", HostPredicateKind.OmitHostMetadata, "{}")]
    [InlineData("omit_host_metadata.v3.OmitHostMetadataConfig, metadata_match: {filter_metadata: {envoy.lb: {stage: old}, other: {}}}", HostPredicateKind.OmitHostMetadata, """{"stage":"old"}""")]
    public void HostPredicatesAreRead(string type, object kind, string metadata)
    {
        string config = type.Length == 0 ? "" : $", typed_config: {{'@type': type.googleapis.com/envoy.extensions.retry.host.{type}}}";
        Decoded read = Read($"retry_on: 5xx, host_selection_retry_max_attempts: 3, retry_host_predicate: [{{name: envoy.retry_host_predicates.previous_hosts{config}}}]")
            .AssertFindings($"W {At}.host_selection_retry_max_attempts: read and checked");
        RetryPolicyResource? policy = read.Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Action.RetryPolicy;
        Assert.Equal(On5xx with { HostSelectionMaxAttempts = 3, HostPredicates = [new HostPredicateResource((HostPredicateKind)kind, metadata)] }, policy);
    }

    /// <summary>Ten times the base is more than a time span holds: the decoder must not break over it.</summary>
    [Fact]
    public void AVeryLongBaseIntervalIsNoException() => Assert.Single(Read("retry_back_off: {base_interval: 315576000000s}").Set.RouteConfigurations);

    private static void AssertPolicy(string policy, RetryPolicyResource expected) =>
        Assert.Equal(expected, Read(policy).AssertFindings().Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Action.RetryPolicy);

    private static TimeSpan Seconds(int value) => TimeSpan.FromSeconds(value);

    private static Decoded Read(string policy) => Decoded.Resource(
        Xds.RoutesType,
        $$"""name: r, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route: {cluster: c, retry_policy: { {{policy}} } } }]}]""");
}
