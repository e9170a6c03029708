using Mesh.Policies.Faults;
using Mesh.Policies.Headers;
using Mesh.Policies.Limits;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>How many calls this process makes in a time (<c>LocalRateLimit</c>), ready to run.</summary>
internal sealed class LocalRateLimit
{
    private const int ResourceExhausted = 8;

    private readonly LocalRateLimitResource _resource;
    private readonly TokenBucket? _bucket;

    public LocalRateLimit(LocalRateLimitResource resource)
    {
        _resource = resource;
        Headers = HeaderMutator.Create([resource.Headers], mostSpecificWins: false);
        if (resource.Bucket is { } bucket)
            _bucket = new TokenBucket(bucket.MaxTokens, bucket.TokensPerFill / bucket.FillInterval.TotalSeconds);
    }

    /// <summary>What is added to the answer of a call that is refused; null for nothing.</summary>
    public HeaderMutator? Headers { get; }

    /// <summary>Whether it concerns no call.</summary>
    public bool IsIdle => _bucket is null || _resource.Enabled.Numerator == 0;

    /// <summary>The answer of a call that is refused.</summary>
    public FaultStatus Status
    {
        get
        {
            FaultStatus status = FaultStatus.OfHttp(_resource.Status);
            return _resource.AsResourceExhausted ? status with { Grpc = ResourceExhausted } : status;
        }
    }

    /// <summary>Whether a call is refused: one that is meant takes a token, and if there is none it depends on how strictly that is taken.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance.</param>
    public bool Refuses(TimeProvider time, Random random) =>
        _bucket is not null && IsDrawn(_resource.Enabled, random) && !_bucket.TryTake(time.GetElapsedTime(0).TotalSeconds) && IsDrawn(_resource.Enforced, random);

    public override string ToString() =>
        _resource.Bucket is { } bucket
            ? $"{bucket.TokensPerFill} calls in {bucket.FillInterval.TotalSeconds:0.###} s, {bucket.MaxTokens} at once; enabled for {_resource.Enabled}, enforced for {_resource.Enforced}"
            : "no limit";

    private static bool IsDrawn(FractionResource fraction, Random random) =>
        fraction.Numerator >= fraction.Denominator || (fraction.Numerator > 0 && fraction.Includes((ulong)random.NextInt64()));
}
