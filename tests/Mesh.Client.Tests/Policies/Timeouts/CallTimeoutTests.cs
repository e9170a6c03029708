using Mesh.Policies.Timeouts;
using Xunit;

namespace Mesh.Client.Tests.Policies.Timeouts;

/// <summary>Which timeout a call has (gRFC A31), and how gRPC writes one in a header.</summary>
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

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("99n", 0)]
    [InlineData("0S", 0)]
    [InlineData("99999999H", 3_599_999_964_000_000_000)]
    public void AHeaderIsRead(string header, long ticks) => Assert.Equal(TimeSpan.FromTicks(ticks), CallTimeout.ParseGrpcTimeout(header));

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("1h")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("1 S")]
    [InlineData("1.5S")]
    [InlineData("1,000S")]
    [InlineData("123456789S")]
    [InlineData("\u0661S")]
    [InlineData("1SS")]
    public void AMalformedHeaderIsNone(string header) => Assert.Null(CallTimeout.ParseGrpcTimeout(header));

    [Theory]
    [InlineData(-1, "0u")]
    [InlineData(0, "0u")]
    [InlineData(1, "1u")]
    [InlineData(10, "1u")]
    [InlineData(11, "2u")]
    [InlineData(999_999_990, "99999999u")]
    [InlineData(999_999_991, "100000m")]
    [InlineData(36_000_000_000, "3600000m")]
    public void AHeaderIsWrittenRoundedUp(long ticks, string expected) => Assert.Equal(expected, CallTimeout.FormatGrpcTimeout(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void WhatIsWrittenIsReadAsAtLeastThatLong()
    {
        for (long ticks = 1; ticks < TimeSpan.FromDays(365 * 11_000).Ticks; ticks = (ticks * 3) + 1)
        {
            var value = TimeSpan.FromTicks(ticks);
            TimeSpan? read = CallTimeout.ParseGrpcTimeout(CallTimeout.FormatGrpcTimeout(value));
            Assert.True(read >= value, $"{value} is read as {read}");
            Assert.True(read <= (value * 1.01) + TimeSpan.FromMicroseconds(1), $"{value} is read as {read}");
        }
    }

    [Fact]
    public void TheLongestTimeSpanIsTheLongestHeader() => Assert.Equal("99999999H", CallTimeout.FormatGrpcTimeout(TimeSpan.MaxValue));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
