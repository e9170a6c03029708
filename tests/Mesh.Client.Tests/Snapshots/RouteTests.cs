using Mesh.Matching;
using Mesh.Policies.Timeouts;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>A compiled route: its names, rewrites, policies and destinations.</summary>
public sealed class RouteTests
{
    private readonly StoreUnderTest _store = new();

    [Theory]
    [InlineData("prefix: /a", "/b", "/a/x?q=1", "/b/x?q=1")]
    [InlineData("prefix: /a/", "/", "/a/x", "/x")]
    [InlineData("prefix: /a", "/b", "/a", "/b")]
    [InlineData("prefix: /a", "/b", "/a?q", "/b?q")]
    [InlineData("path: /a", "/b/c", "/a?q=/a", "/b/c?q=/a")]
    [InlineData("prefix: ''", "/b", "/x", "/b/x")]
    [InlineData("prefix: /A, case_sensitive: false", "/b", "/a/x", "/b/x")]
    [InlineData("prefix: /a", "''", "/a/x", "/a/x")]
    public void WhatMatchedIsRewrittenAndTheQueryStays(string match, string rewrite, string path, string expected) =>
        Assert.Equal(expected, Compile($"match: {{{match}}}, route: {{cluster: a, prefix_rewrite: {rewrite}}}").RewritePath(new RequestView("GET", "http", "a", path, null, null)));

    [Fact]
    public void ARouteWithoutANameHasItsPlace()
    {
        Assert.Equal("routes[0]", Compile("match: {prefix: /}, route: {cluster: a}").Name);
        Assert.Equal("mine", Compile("name: mine, match: {prefix: /}, route: {cluster: a}").Name);
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("retry_policy: {retry_on: reset}", "", "reset")]
    [InlineData("retry_policy: {retry_on: reset}", "retry_policy: {retry_on: 5xx}", "5xx")]
    [InlineData("retry_policy: {retry_on: reset}", "retry_policy: {}", null)]
    [InlineData("retry_policy: {retry_on: reset}", "retry_policy: {retry_on: 5xx, num_retries: 0}", null)]
    public void TheRoutesRetryPolicyReplacesTheHosts(string host, string route, string? expected)
    {
        Route compiled = Compile($"match: {{prefix: /}}, route: {{cluster: a{Comma(route)}}}", host);
        Assert.Equal(expected, compiled.Retry is null ? null : string.Join(',', compiled.Retry.Names));
    }

    [Fact]
    public void ARoutesHostRewriteIsLaidOverTheClusters()
    {
        const string Clusters = "weighted_clusters: {clusters: [{name: a, weight: 1, host_rewrite_literal: cluster.example}, {name: a, weight: 1}]}";
        Assert.Equal(["cluster.example", "h"], HostsOf(Compile($"match: {{prefix: /}}, route: {{{Clusters}}}")));
        Assert.Equal(["route.example", "route.example"], HostsOf(Compile($"match: {{prefix: /}}, route: {{host_rewrite_literal: route.example, {Clusters}}}")));
        Assert.Equal(["cluster.example", "h"], HostsOf(Compile($"match: {{prefix: /}}, route: {{host_rewrite_header: x-none, {Clusters}}}")));
    }

    private static IEnumerable<string> HostsOf(Route route) => route.Destinations.Select(destination => route.RewriteHost(destination, new RequestView("GET", "http", "h", "/", null, null)));

    [Fact]
    public void WeightsDecideTheDestination()
    {
        Route route = Compile("match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 90}, {name: b, weight: 10}, {name: a, weight: 0}]}}");
        var random = new Random(1);
        Dictionary<string, int> counts = Enumerable.Range(0, 10_000).Select(_ => route.Choose(default, random).Name).CountBy(name => name).ToDictionary();
        Assert.InRange(counts["b"], 900, 1100);
        Assert.Equal(10_000, counts["a"] + counts["b"]);
    }

    [Fact]
    public void TimeoutsAreThoseOfTheRouteElseOfTheListener()
    {
        Route plain = Compile("match: {prefix: /}, route: {cluster: a}");
        Assert.Equal(new CallTimeout(CallTimeout.DefaultRouteTimeout, "default"), plain.Timeout(grpc: false, _store.Snapshot.Listeners[0]));
        Assert.Equal(new CallTimeout(TimeSpan.FromSeconds(30), "listener max_stream_duration"), plain.Timeout(grpc: true, _store.Snapshot.Listeners[0]));
        Route set = Compile("match: {prefix: /}, route: {cluster: a, timeout: 3s, max_stream_duration: {max_stream_duration: 4s}}");
        Assert.Equal(new CallTimeout(TimeSpan.FromSeconds(3), "route timeout"), set.Timeout(grpc: false, _store.Snapshot.Listeners[0]));
        Assert.Equal(new CallTimeout(TimeSpan.FromSeconds(4), "route max_stream_duration"), set.Timeout(grpc: true, _store.Snapshot.Listeners[0]));
    }

    private Route Compile(string route, string host = "") => _store.Put(
        Xds.Listener("l", "r").Replace("rds:", "common_http_protocol_options: {max_stream_duration: 30s}, rds:", StringComparison.Ordinal),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: v, domains: [v], routes: [{{{route}}}]{Comma(host)}}}]"),
        Xds.Cluster("a", "127.0.0.1:1"),
        Xds.Cluster("b", "127.0.0.1:1")).Listeners[0].Routes.VirtualHosts[0].Routes[0].Route;

    private static string Comma(string text) => text.Length == 0 ? "" : $", {text}";
}
