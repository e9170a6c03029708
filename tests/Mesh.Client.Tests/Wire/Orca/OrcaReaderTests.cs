using Mesh.Resources;
using Mesh.Wire.Orca;
using Xunit;

namespace Mesh.Client.Tests.Wire.Orca;

/// <summary>Load reports in every form servers send them, and what is none.</summary>
public sealed class OrcaReaderTests
{
    // cpu_utilization 1, mem_utilization 50, request_cost {queryCost: 25}, utilization {queueSize: 75}.
    private const string Binary = "CQAAAAAAAPA/EQAAAAAAAElAIhQKCXF1ZXJ5Q29zdBEAAAAAAAA5QCoUCglxdWV1ZVNpemURAAAAAADAUkA";

    [Theory]
    [InlineData("endpoint-load-metrics-bin", Binary)]
    [InlineData("endpoint-load-metrics-bin", Binary + "=")]
    [InlineData("endpoint-load-metrics", "BIN " + Binary + "=")]
    [InlineData("endpoint-load-metrics", "JSON {\"cpu_utilization\": 1, \"memUtilization\": 50, \"requestCost\": {\"queryCost\": 25}, \"utilization\": {\"queueSize\": 75}}")]
    [InlineData("endpoint-load-metrics", "TEXT cpu_utilization=1, mem_utilization=50,request_cost.queryCost=25,utilization.queueSize=75")]
    public void EveryFormIsRead(string header, string value)
    {
        OrcaReport report = Read(header, value, out bool malformed)!;
        Assert.False(malformed);
        Assert.Equal((1, 50, 25, 75, 0), (report.CpuUtilization, report.MemUtilization, report.RequestCost["queryCost"], report.Utilization["queueSize"], report.NamedMetrics.Count));
    }

    [Fact]
    public void EveryFieldIsRead()
    {
        OrcaReport report = Read("endpoint-load-metrics", "TEXT application_utilization=0.5,rps_fractional=12.5,eps=1e-1,named_metrics.a.b=7", out _)!;
        Assert.Equal((0.5, 12.5, 0.1), (report.ApplicationUtilization, report.RequestsPerSecond, report.ErrorsPerSecond));
        Assert.Equal(7, report.Find("named_metrics.a.b"));
        Assert.Null(report.Find("named_metrics.c"));
        Assert.Null(report.Find("nothing"));
    }

    [Theory]
    [InlineData("endpoint-load-metrics-bin", "foo-bar")]
    [InlineData("endpoint-load-metrics-bin", "CQAA")]
    [InlineData("endpoint-load-metrics", "BIN")]
    [InlineData("endpoint-load-metrics", "XML <a/>")]
    [InlineData("endpoint-load-metrics", "JSON {")]
    [InlineData("endpoint-load-metrics", "JSON {\"cpu\": 1}")]
    [InlineData("endpoint-load-metrics", "TEXT cpu_utilization")]
    [InlineData("endpoint-load-metrics", "TEXT cpu_utilization=x")]
    [InlineData("endpoint-load-metrics", "TEXT cpu_utilization=NaN")]
    [InlineData("endpoint-load-metrics", "TEXT cpu=1")]
    [InlineData("endpoint-load-metrics", "TEXT named_metrics.=1")]
    [InlineData("endpoint-load-metrics", "TEXT cpu_utilization=1,cpu_utilization=2")]
    public void AnythingElseIsNoReport(string header, string value)
    {
        Assert.Null(Read(header, value, out bool malformed));
        Assert.True(malformed);
    }

    [Fact]
    public void WithoutAHeaderThereIsNone()
    {
        Assert.Null(Read("x", "y", out bool malformed));
        Assert.False(malformed);
    }

    [Fact]
    public void ALongOneIsNotRead()
    {
        Assert.Null(Read("endpoint-load-metrics", "TEXT " + string.Join(',', Enumerable.Range(0, 2000).Select(i => $"named_metrics.{i}=1")), out bool malformed));
        Assert.True(malformed);
    }

    private static OrcaReport? Read(string header, string value, out bool malformed)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(header, value);
        return OrcaReader.Read(response.Headers, out malformed);
    }
}
