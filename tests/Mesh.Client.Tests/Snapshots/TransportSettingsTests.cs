using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>How long connections are made, kept and used, in terms the runtime can hold.</summary>
public sealed class TransportSettingsTests
{
    /// <summary>The longest time a timer takes; the handler scavenges four times an idle timeout.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly StoreUnderTest _store = new();

    [Theory]
    [InlineData("", 3600, -0.001)]
    [InlineData("idle_timeout: 0s", -0.001, -0.001)]
    [InlineData("idle_timeout: 5s, max_connection_duration: 0s", 5, -0.001)]
    [InlineData("max_connection_duration: 7s", 3600, 7)]
    public void ZeroAndUnsetMeanWhatTheyMeanToEnvoy(string options, double idle, double duration)
    {
        TransportSettings settings = Compile($"common_http_protocol_options: {{{options}}}, ");
        Assert.Equal((TimeSpan.FromSeconds(idle), TimeSpan.FromSeconds(duration)), (settings.IdleTimeout, settings.MaxConnectionDuration));
    }

    [Theory]
    [InlineData("5184000s")]
    [InlineData("31536000s")]
    [InlineData("315576000000s")]
    public void TimesThatNoTimerHoldsBreakNoCall(string time)
    {
        TransportSettings settings = Compile($"connect_timeout: {time}, common_http_protocol_options: {{idle_timeout: {time}, max_connection_duration: {time}}}, ");
        Assert.True(settings.ConnectTimeout <= LongestTimer, $"connect timeout {settings.ConnectTimeout}");
        Assert.True(settings.IdleTimeout / 4 <= LongestTimer, $"idle timeout {settings.IdleTimeout}");
    }

    private TransportSettings Compile(string fields) => _store.Put(Xds.ClusterWith("a", fields, "127.0.0.1:1")).FindCluster("a")!.Transport;
}
