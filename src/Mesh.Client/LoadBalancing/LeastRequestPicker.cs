using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// Of a few endpoints taken by chance the one with the fewest calls in flight (<c>least_request.v3.LeastRequest</c>, gRFC A48; the power of two
/// choices). With different weights candidates are taken by weight, and of them one by <c>(in flight + 1)^-active_request_bias</c>.
/// </summary>
internal sealed class LeastRequestPicker : EndpointPicker
{
    /// <summary>gRFC A48 takes no more.</summary>
    private const uint MaxChoices = 10;

    private readonly int _count;
    private readonly SlowStartWeights? _growing;
    private volatile WeightedIndex? _weights;
    private readonly double _bias;
    private readonly int _choices;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="resource">What was asked.</param>
    /// <param name="random">Chance.</param>
    /// <param name="growing">The weights while endpoints are new; null where new ones are as good as any.</param>
    public LeastRequestPicker(Endpoint[] endpoints, LeastRequestResource resource, Random random, SlowStartWeights? growing = null)
        : base(endpoints, random)
    {
        _growing = growing;
        _count = endpoints.Length;
        _weights = EndpointWeights.Of(endpoints) is { } weights ? new WeightedIndex(weights) : null;
        _bias = resource.ActiveRequestBias;
        _choices = resource.FullScan ? int.MaxValue : (int)Math.Min(resource.ChoiceCount, MaxChoices);
    }

    protected override int Choose(in PickContext context, int again)
    {
        if (_count == 1)
            return 0;
        if (_growing is not null && _growing.TryRefresh(out uint[]? grown))
            _weights = grown is null ? null : new WeightedIndex(grown);
        if (_weights is { } weights)
            return ByWeight(weights);
        return _choices == int.MaxValue ? ByScan() : ByChoices();
    }

    private int ByChoices()
    {
        ulong random = Random.NextPoint();
        int best = Half(random >> 32);
        int least = InFlight(best);
        for (int i = 1; i < _choices; i++)
        {
            int other = Half(random);
            if (InFlight(other) is var inFlight && inFlight < least)
                (best, least) = (other, inFlight);
            random = i + 1 < _choices ? Random.NextPoint() : 0;
        }

        return best;
    }

    /// <summary>An even choice by the lower half of a random number.</summary>
    private int Half(ulong random) => (int)((ulong)(uint)random * (uint)_count >> 32);

    /// <summary>All are compared; of equals one by chance, which the start decides.</summary>
    private int ByScan()
    {
        int start = Even(Random.NextPoint(), _count), best = start, least = int.MaxValue;
        for (int i = 0; i < _count; i++)
        {
            int at = start + i < _count ? start + i : start + i - _count;
            if (InFlight(at) is var inFlight && inFlight < least)
                (best, least) = (at, inFlight);
        }

        return best;
    }

    private int ByWeight(WeightedIndex weights)
    {
        int count = Math.Min(_choices, (int)MaxChoices);
        Span<int> candidates = stackalloc int[(int)MaxChoices];
        Span<double> shares = stackalloc double[(int)MaxChoices];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            candidates[i] = weights.Find(Random.NextPoint());
            sum += shares[i] = Share(InFlight(candidates[i]));
        }

        double point = Random.NextDouble() * sum;
        for (int i = 0; i < count - 1; i++)
        {
            if ((point -= shares[i]) < 0)
                return candidates[i];
        }

        return candidates[count - 1];
    }

    private int InFlight(int endpoint) => Endpoints[endpoint].State.InFlight;

    private double Share(int inFlight) => _bias switch
    {
        0 => 1,
        1 => 1.0 / (inFlight + 1),
        _ => Math.Pow(inFlight + 1, -_bias),
    };
}
