using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>Of two endpoints taken by chance the one of which less is expected to wait for: latency times calls in flight and this one (<see cref="PeakEwma"/>).</summary>
internal sealed class PeakEwmaPicker : EndpointPicker
{
    private readonly PeakEwmaResource _policy;
    private readonly TimeProvider _clock;
    private readonly double _decay;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="policy">What was asked.</param>
    /// <param name="random">Chance.</param>
    /// <param name="clock">The clock that latencies go by.</param>
    public PeakEwmaPicker(Endpoint[] endpoints, PeakEwmaResource policy, Random random, TimeProvider clock)
        : base(endpoints, random)
    {
        _policy = policy;
        _clock = clock;
        _decay = PeakEwma.Timestamps(policy.DecayTime, clock);
    }

    protected override int Choose(in PickContext context, int again)
    {
        int count = Endpoints.Length;
        if (count == 1)
            return 0;
        int one = Even(Random.NextPoint(), count), other = Even(Random.NextPoint(), count - 1);
        if (other >= one)
            other++;
        long now = _clock.GetTimestamp();
        return Cost(one, now) <= Cost(other, now) ? one : other;
    }

    private double Cost(int at, long now)
    {
        Endpoint endpoint = Endpoints[at];
        return PeakEwma.Of(endpoint.State, _policy, _clock, now).Read(_decay, now) * (endpoint.State.InFlight + 1.0);
    }
}
