using System.Net.Sockets;
using Mesh.Resources;
using Mesh.Transport;
using Xunit;

namespace Mesh.Client.Tests.Transport;

/// <summary>What <c>tcp_keepalive</c> makes of a socket.</summary>
public sealed class TcpProbesTests
{
    [Fact]
    public void WhatIsSetIsSetAndTheRestIsThePlatforms()
    {
        using Socket untouched = Create(), all = Create(), some = Create();
        TcpProbes.Set(all, new TcpKeepaliveResource(Probes: 4, Time: 61, Interval: 11));
        Assert.Equal((1, 4, 61, 11), Options(all));
        TcpProbes.Set(some, new TcpKeepaliveResource(null, 61, null));
        Assert.Equal(Options(untouched) with { On = 1, Time = 61 }, Options(some));
        Assert.Equal(0, Options(untouched).On);
    }

    [Theory]
    [InlineData(127, 32767, 32767)]
    [InlineData(1, 1, 1)]
    public void TheEndsOfTheRangesAreTaken(int probes, int time, int interval)
    {
        using Socket socket = Create();
        TcpProbes.Set(socket, new TcpKeepaliveResource(probes, time, interval));
        Assert.Equal((1, probes, time, interval), Options(socket));
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(5, 0, 5)]
    [InlineData(5, 5, 0)]
    public void AZeroTurnsThemOff(int probes, int time, int interval)
    {
        using Socket socket = Create();
        TcpProbes.Set(socket, new TcpKeepaliveResource(probes, time, interval));
        Assert.Equal(0, Options(socket).On);
    }

    private static Socket Create() => new(SocketType.Stream, ProtocolType.Tcp);

    private static (int On, int Probes, int Time, int Interval) Options(Socket socket) => (
        (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! == 0 ? 0 : 1,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!);
}
