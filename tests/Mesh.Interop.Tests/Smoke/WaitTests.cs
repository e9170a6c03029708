using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;

namespace Mesh.Interop.Tests.Smoke;

public class WaitTests
{
    [Fact]
    public async Task ItReturnsOnceTheConditionHoldsAndElseQuotesIt()
    {
        var asked = 0;
        await Wait.EventuallyAsync(() => ++asked == 3, TimeSpan.FromMinutes(1));
        Assert.Equal(3, asked);
        var error = await Assert.ThrowsAsync<TimeoutException>(() => Wait.EventuallyAsync(() => asked == 0, TimeSpan.Zero));
        Assert.Contains("asked == 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFreePortRefuses()
    {
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, FreePort.Next()));
    }

    [Fact]
    public void ATempFolderGoesWithAllItHolds()
    {
        var folder = new TempFolder();
        File.WriteAllText(folder["a"], "x");
        Directory.CreateDirectory(folder["b/c"]);
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path));
        folder.Dispose();
    }
}
