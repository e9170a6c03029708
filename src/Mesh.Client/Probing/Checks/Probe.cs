using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Transport;

namespace Mesh.Probing.Checks;

/// <summary>
/// Checks one endpoint, once at a time, over connections of its own: they are no calls, and count in no limit, no outlier detection and no load
/// report.
/// </summary>
internal abstract class Probe : IDisposable
{
    /// <summary>What a timer can wait for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>Who asks, in the <c>user-agent</c>.</summary>
    protected const string UserAgent = "Mesh.Sdk/HC";

    private readonly EndpointState _endpoint;
    private readonly TimeProvider _timeProvider;

    protected Probe(ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider)
    {
        Target = target;
        _endpoint = endpoint;
        _timeProvider = timeProvider;
    }

    public ProbeTarget Target { get; }

    protected TimeProvider TimeProvider => _timeProvider;

    public static Probe Create(ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider) => target.Check.Checker switch
    {
        HttpHealthCheckResource http => new HttpProbe(http, target, endpoint, timeProvider),
        GrpcHealthCheckResource grpc => new GrpcProbe(grpc, target, endpoint, timeProvider),
        TcpHealthCheckResource tcp => new TcpProbe(tcp, target, endpoint, timeProvider),
        var other => throw new ArgumentException($"{other.GetType()} cannot be checked", nameof(target)),
    };

    /// <summary>Checks the endpoint. It fails with an outcome and not with an exception, unless it was to stop.</summary>
    public async Task<CheckOutcome> CheckAsync(CancellationToken stop)
    {
        TimeSpan timeout = Target.Check.Timeout < Longest ? Target.Check.Timeout : Longest;
        using var limit = new CancellationTokenSource(timeout, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        bool keeps = false;
        try
        {
            CheckOutcome outcome = await RunAsync(linked.Token).ConfigureAwait(false);
            keeps = Target.Check.ReuseConnection;
            return outcome;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            if (limit.IsCancellationRequested)
                return new CheckOutcome(CheckResult.TimedOut, $"no answer within {timeout.TotalSeconds:0.###} s (timeout)");
            return new CheckOutcome(CheckResult.Broken, (EndpointConnectException.Find(e)?.Message ?? e.GetBaseException().Message).TrimEnd('.'));
        }
        finally
        {
            if (!keeps)
                Disconnect();
        }
    }

    public void Dispose() => Disconnect();

    /// <summary>Checks the endpoint, on a connection that is there or a new one.</summary>
    protected abstract Task<CheckOutcome> RunAsync(CancellationToken cancellationToken);

    /// <summary>Closes the connections; the next check makes others.</summary>
    protected abstract void Disconnect();

    protected Connector Connector(OpenConnections connections) => Target.Connector(connections, _endpoint, _timeProvider);

    /// <summary>The blocks that an answer must hold.</summary>
    protected static byte[][] Blocks(Primitives.ValueList<string> receive) => [.. receive.Select(Convert.FromHexString)];
}
