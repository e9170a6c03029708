using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Inbound;

/// <summary>What a call that is being served passes on, by its headers.</summary>
public sealed class InboundCallTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("250m", null, 250.0)]
    [InlineData("2S", "7", 2000.0)]
    [InlineData(null, "700", 700.0)]
    [InlineData("x", "700", 700.0)]
    [InlineData("123456789S", "x", null)]
    [InlineData(null, "-5", null)]
    public void Timeouts(string? grpc, string? expected, double? milliseconds)
    {
        using InboundCall call = Begin(("grpc-timeout", grpc), ("x-envoy-expected-rq-timeout-ms", expected));
        Assert.Equal(milliseconds, call.Remaining?.TotalMilliseconds);
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData("0", null, 1)]
    [InlineData("2", null, 3)]
    [InlineData(null, "1", 1)]
    [InlineData(null, "4", 4)]
    [InlineData("2", "9", 9)]
    [InlineData("x", "y", 1)]
    [InlineData("-3", "-3", 1)]
    [InlineData("9223372036854775806", null, int.MaxValue)]
    public void Attempts(string? previous, string? count, int attempt)
    {
        using InboundCall call = Begin(("grpc-previous-rpc-attempts", previous), ("x-envoy-attempt-count", count));
        Assert.Equal(attempt, call.Attempt);
    }

    [Fact]
    public void TimePasses()
    {
        using var call = InboundCall.Begin(TimeSpan.FromSeconds(10), attempt: 1, _time);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(6), call.Remaining);
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.Zero, call.Remaining);
    }

    [Fact]
    public async Task ItFlowsAndEnds()
    {
        Assert.Null(InboundCall.Current);
        using (var outer = InboundCall.Begin(null, attempt: 2))
        {
            await Task.Yield();
            Assert.Same(outer, InboundCall.Current);
            using (var inner = InboundCall.Begin(null, attempt: 1))
                Assert.Same(inner, InboundCall.Current);
            Assert.Same(outer, InboundCall.Current);
        }

        Assert.Null(InboundCall.Current);
    }

    [Fact]
    public void AnAttemptIsAtLeastOne() => Assert.Throws<ArgumentOutOfRangeException>(() => InboundCall.Begin(null, attempt: 0));

    private InboundCall Begin(params (string Name, string? Value)[] headers) => InboundCall.Begin(name => headers.SingleOrDefault(header => header.Name == name).Value, _time);
}
