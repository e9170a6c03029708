using Mesh.Endpoints;
using Mesh.Matching;
using Mesh.Policies.Headers;
using Mesh.Resources;
using Mesh.Transport;
using Mesh.Wire.Grpc;

namespace Mesh.Probing.Checks;

/// <summary>
/// <c>HealthCheck.GrpcHealthCheck</c>: asks <c>grpc.health.v1.Health/Check</c>. Anything but SERVING fails, and so does a server that does not know
/// the method; as in Envoy such an answer makes the endpoint unhealthy at once.
/// </summary>
internal sealed class GrpcProbe(GrpcHealthCheckResource check, ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider) : Probe(target, endpoint, timeProvider)
{
    private OpenConnections? _connections;
    private GrpcChannel? _channel;

    /// <summary>The message of a check.</summary>
    public byte[] Request { get; } = HealthService.Request(check.ServiceName);

    /// <summary>The metadata of a check.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata()
    {
        using var request = new HttpRequestMessage();
        HeaderMutator.Create([check.Metadata], mostSpecificWins: false)?
            .ApplyToRequest(request.Headers, null, new FormatContext(new RequestView("POST", Target.Scheme, Target.Authority, HealthService.Check, request.Headers, null)));
        return [.. request.Headers.NonValidated.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value)))];
    }

    /// <summary>What an answer means.</summary>
    public static CheckOutcome Judge(ReadOnlySpan<byte> answer) => HealthService.Status(answer) switch
    {
        ServingStatus.Serving => new CheckOutcome(CheckResult.Passed),
        null => new CheckOutcome(CheckResult.Failed, "its answer is no HealthCheckResponse"),
        ServingStatus.NotServing => new CheckOutcome(CheckResult.Failed, "it answered NOT_SERVING"),
        ServingStatus.ServiceUnknown => new CheckOutcome(CheckResult.Failed, "it answered SERVICE_UNKNOWN"),
        var other => new CheckOutcome(CheckResult.Failed, other == ServingStatus.Unknown ? "it answered UNKNOWN" : $"it answered status {(int)other}"),
    };

    protected override async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> answer = await Channel().UnaryAsync(HealthService.Check, Request, deadline: null, cancellationToken).ConfigureAwait(false);
            return Judge(answer.Span);
        }
        catch (GrpcException e) when (e.InnerException is null)
        {
            // The endpoint's own word: what the network did has an exception behind it.
            return new CheckOutcome(CheckResult.Failed, $"it answered {e.Status}");
        }
    }

    protected override void Disconnect()
    {
        _channel?.Dispose();
        _connections?.Close();
        _channel = null;
    }

    private GrpcChannel Channel()
    {
        if (_channel is { } known)
            return known;
        _connections = new OpenConnections();
        return _channel = new GrpcChannel(new GrpcChannelSettings(new Uri($"{Target.Scheme}://endpoint"), Connector(_connections).ConnectAsync)
        {
            Authority = Target.Authority,
            Metadata = Metadata(),
            UserAgent = UserAgent,
            TimeProvider = TimeProvider,
        });
    }
}
