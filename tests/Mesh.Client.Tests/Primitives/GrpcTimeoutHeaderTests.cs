using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>How gRPC writes a timeout in a header.</summary>
public sealed class GrpcTimeoutHeaderTests
{
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
    public void AHeaderIsRead(string header, long ticks) => Assert.Equal(TimeSpan.FromTicks(ticks), GrpcTimeoutHeader.Parse(header));

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
    public void AMalformedHeaderIsNone(string header) => Assert.Null(GrpcTimeoutHeader.Parse(header));

    [Theory]
    [InlineData(-1, "0u")]
    [InlineData(0, "0u")]
    [InlineData(1, "1u")]
    [InlineData(10, "1u")]
    [InlineData(11, "2u")]
    [InlineData(999_999_990, "99999999u")]
    [InlineData(999_999_991, "100000m")]
    [InlineData(36_000_000_000, "3600000m")]
    public void AHeaderIsWrittenRoundedUp(long ticks, string expected) => Assert.Equal(expected, GrpcTimeoutHeader.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void WhatIsWrittenIsReadAsAtLeastThatLong()
    {
        for (long ticks = 1; ticks < TimeSpan.FromDays(365 * 11_000).Ticks; ticks = (ticks * 3) + 1)
        {
            var value = TimeSpan.FromTicks(ticks);
            TimeSpan? read = GrpcTimeoutHeader.Parse(GrpcTimeoutHeader.Format(value));
            Assert.True(read >= value, $"{value} is read as {read}");
            Assert.True(read <= (value * 1.01) + TimeSpan.FromMicroseconds(1), $"{value} is read as {read}");
        }
    }

    [Fact]
    public void TheLongestTimeSpanIsTheLongestHeader() => Assert.Equal("99999999H", GrpcTimeoutHeader.Format(TimeSpan.MaxValue));
}
