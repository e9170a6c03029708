using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Which of what endpoints say of their load is passed on, and how it adds up (gRFC A64, A85).</summary>
public sealed class ReportedMetricsTests
{
    /// <summary>The example of gRFC A64.</summary>
    [Fact]
    public void ValuesAddUpByName()
    {
        ReportedMetrics metrics = Of("named_metrics.*")!;
        var endpoint = new EndpointState("a:1");
        metrics.Add(Named(("key1", 1), ("key2", 2)), endpoint);
        metrics.Add(Named(("key2", 3), ("key3", 4)), endpoint);
        metrics.Add(new OrcaReport(), endpoint);
        Assert.Equal("named_metrics.key1: 1 of 1, named_metrics.key2: 5 of 2, named_metrics.key3: 4 of 1", Taken(endpoint));
        Assert.Equal("", Taken(endpoint));
        metrics.Add(Named(("key2", 6)), endpoint);
        Assert.Equal("named_metrics.key2: 6 of 1", Taken(endpoint));
    }

    [Theory]
    [InlineData("cpu_utilization", "cpu_utilization: 0.5 of 1")]
    [InlineData("mem_utilization application_utilization", "application_utilization: 0.75 of 1, mem_utilization: 0.25 of 1")]
    [InlineData("named_metrics.zero", "named_metrics.zero: 0 of 1")]
    [InlineData("named_metrics.a named_metrics.a", "named_metrics.a: 1 of 1")]
    [InlineData("named_metrics.* named_metrics.a", "named_metrics.a: 1 of 1, named_metrics.zero: 0 of 1")]
    [InlineData("eps utilization.a request_cost.a named_metrics other", "")]
    public void WhatIsNamedIsTaken(string names, string taken)
    {
        var endpoint = new EndpointState("a:1");
        Of(names)!.Add(Named(("a", 1), ("zero", 0)) with { CpuUtilization = 0.5, MemUtilization = 0.25, ApplicationUtilization = 0.75, ErrorsPerSecond = 1 }, endpoint);
        Assert.Equal(taken, Taken(endpoint));
    }

    /// <summary>An endpoint cannot make a report as large as it likes.</summary>
    [Fact]
    public void NamesAreBounded()
    {
        var endpoint = new EndpointState("a:1");
        ReportedMetrics metrics = Of("named_metrics.*")!;
        for (int i = 0; i < 5000; i++)
            metrics.Add(Named(($"n{i}", 1)), endpoint);
        metrics.Add(Named(("n0", 1)), endpoint);
        IReadOnlyDictionary<string, MetricSum> taken = endpoint.Metrics!.Take();
        Assert.Equal((1000, new MetricSum(2, 2)), (taken.Count, taken["named_metrics.n0"]));
    }

    [Fact]
    public void NothingIsTakenWhereNothingIsReported()
    {
        Assert.Null(Of(""));
        Assert.Null(ReportedMetrics.Of(Cluster("named_metrics.*") with { LrsServerSelf = false }));
    }

    private static ReportedMetrics? Of(string names) => ReportedMetrics.Of(Cluster(names));

    private static ClusterResource Cluster(string names) => new() { Name = "c", Type = DiscoveryType.Static, LrsServerSelf = true, LrsReportEndpointMetrics = [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };

    private static OrcaReport Named(params (string Name, double Value)[] metrics) => new() { NamedMetrics = metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal) };

    private static string Taken(EndpointState endpoint) => string.Join(
        ", ", endpoint.Metrics!.Take().OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{metric.Key}: {metric.Value.Total} of {metric.Value.Requests}")));
}
