using Mesh.Endpoints;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// Each endpoint in turn, as often as the load it reports allows (<c>client_side_weighted_round_robin.v3</c>, gRFC A58). Weights are read anew
/// once <c>weight_update_period</c> has passed, by whoever picks then; an endpoint without one takes turns by the mean of the others, and with
/// fewer than two weights all take even turns.
/// </summary>
internal sealed class WeightedRoundRobinPicker : EndpointPicker
{
    private static readonly TimeSpan ShortestUpdate = TimeSpan.FromMilliseconds(100);

    private readonly Rotation _rotation;
    private readonly TimeProvider _clock;
    private readonly SlowStartResource? _slowStart;
    private readonly long _update;
    private readonly long _expiration;
    private readonly long _blackout;
    private volatile StaticStride? _turns;
    private DueTime _due;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="policy">What was asked.</param>
    /// <param name="rotation">Goes on through updates.</param>
    /// <param name="random">Chance, for retries.</param>
    /// <param name="clock">The clock that weights go by.</param>
    public WeightedRoundRobinPicker(Endpoint[] endpoints, WeightedRoundRobinResource policy, Rotation rotation, Random random, TimeProvider clock)
        : base(endpoints, random)
    {
        _rotation = rotation;
        _clock = clock;
        _slowStart = policy.SlowStart;
        _update = Timestamps(policy.WeightUpdatePeriod > ShortestUpdate ? policy.WeightUpdatePeriod : ShortestUpdate);
        _expiration = Timestamps(policy.WeightExpirationPeriod);
        _blackout = Timestamps(policy.BlackoutPeriod);
    }

    /// <summary>The weight of an endpoint's reports, made where there is none yet.</summary>
    public static ReportedWeight WeightOf(EndpointState endpoint)
    {
        // Another policy may have left something else there.
        object? seen = endpoint.Load;
        if (seen is ReportedWeight known)
            return known;
        var weight = new ReportedWeight();
        return Interlocked.CompareExchange(ref endpoint.Load, weight, seen) as ReportedWeight ?? weight;
    }

    protected override int Choose(in PickContext context, int again)
    {
        long now = _clock.GetTimestamp();
        if (_due.TryBegin(now))
        {
            try
            {
                _turns = StaticStride.OfReports(Weights(now));
            }
            finally
            {
                _due.End(now + _update);
            }
        }

        // A retry takes no turn: the rotation would else fall into step with the failures.
        if (context.Tried is not null)
            return Even(Random.NextPoint(), Endpoints.Length);
        return _turns?.Next(_rotation) ?? (int)(_rotation.Next() % (uint)Endpoints.Length);
    }

    private double[] Weights(long now)
    {
        ReadOnlySpan<Endpoint> endpoints = Endpoints;
        var weights = new double[endpoints.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            if (endpoints[i].State.Load is not ReportedWeight reported)
                continue;
            weights[i] = reported.Read(_expiration, _blackout, now).Weight;
            if (_slowStart is not null)
                weights[i] *= SlowStartWeights.Factor(_slowStart, _clock.GetElapsedTime(endpoints[i].State.AddedAt, now));
        }

        return weights;
    }

    private long Timestamps(TimeSpan span) => (long)Math.Min(span.TotalSeconds * _clock.TimestampFrequency, long.MaxValue / 4);
}
