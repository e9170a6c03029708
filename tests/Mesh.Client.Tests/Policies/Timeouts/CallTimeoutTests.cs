using Mesh.Policies.Timeouts;
using Xunit;

namespace Mesh.Client.Tests.Policies.Timeouts;

/// <summary>Which timeout a call has (gRFC A31).</summary>
public sealed class CallTimeoutTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void AnHttpCallHasTheRoutesElseFifteenSeconds()
    {
        Assert.Equal(new CallTimeout(TimeSpan.FromSeconds(15), "default"), CallTimeout.ForHttp(null));
        Assert.Equal(new CallTimeout(null, "route timeout 0"), CallTimeout.ForHttp(TimeSpan.Zero));
        Assert.Equal(new CallTimeout(Second, "route timeout"), CallTimeout.ForHttp(Second));
    }

    [Theory]
    [InlineData(null, null, null, null, "the caller's deadline")]
    [InlineData(null, null, 3, 3, "listener max_stream_duration")]
    [InlineData(null, null, 0, null, "the caller's deadline")]
    [InlineData(null, 2, 3, 2, "route max_stream_duration")]
    [InlineData(null, 0, 3, null, "route max_stream_duration")]
    [InlineData(1, 2, 3, 1, "grpc_timeout_header_max")]
    [InlineData(0, 2, 3, null, "grpc_timeout_header_max")]
    public void AGrpcCallHasTheMostSpecificLimit(int? header, int? route, int? listener, int? expected, string source) =>
        Assert.Equal(new CallTimeout(Seconds(expected), source), CallTimeout.ForGrpc(Seconds(header), Seconds(route), Seconds(listener)));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
