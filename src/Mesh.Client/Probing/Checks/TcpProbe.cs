using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Transport;

namespace Mesh.Probing.Checks;

/// <summary>
/// <c>HealthCheck.TcpHealthCheck</c>: sends what is to be sent and waits until the answer holds what it must. Where nothing is expected a
/// connection is enough, and is closed again.
/// </summary>
internal sealed class TcpProbe(TcpHealthCheckResource check, ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider) : Probe(target, endpoint, timeProvider)
{
    private readonly byte[] _send = Convert.FromHexString(check.Send);
    private readonly byte[][] _receive = Blocks(check.Receive);
    private OpenConnections? _connections;
    private Stream? _stream;

    protected override async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        if (_receive.Length == 0)
            Disconnect();
        bool isKept = _stream is not null;
        try
        {
            return await AskAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (isKept && !cancellationToken.IsCancellationRequested)
        {
            // A connection that was kept may have been closed since; that says nothing of the endpoint.
            Disconnect();
            return await AskAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void Disconnect()
    {
        _stream?.Dispose();
        _connections?.Close();
        _stream = null;
    }

    private async Task<CheckOutcome> AskAsync(CancellationToken cancellationToken)
    {
        if (_stream is null)
        {
            _connections = new OpenConnections();
            _stream = await Connector(_connections).ConnectAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_send.Length > 0)
            await _stream.WriteAsync(_send, cancellationToken).ConfigureAwait(false);
        if (_receive.Length == 0)
        {
            Disconnect();
            return new CheckOutcome(CheckResult.Passed);
        }

        var search = new PayloadSearch(_receive);
        byte[] buffer = new byte[4096];
        while (!search.IsFound)
        {
            int count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw new IOException("it closed the connection before its answer held what it must (receive)");
            search.Add(buffer.AsSpan(0, count));
        }

        return new CheckOutcome(CheckResult.Passed);
    }
}
