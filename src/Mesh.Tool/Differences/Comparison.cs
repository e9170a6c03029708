using Mesh.Snapshots;
using Mesh.Tool.Samples;

namespace Mesh.Tool.Differences;

/// <summary>Two configurations compared, in what they say and in what becomes of requests.</summary>
internal sealed record Comparison(SnapshotDifference Difference, SampleRequests Samples, IReadOnlyList<MovedRequest> Moved)
{
    public static Comparison Of(MeshSnapshot before, MeshSnapshot after)
    {
        var difference = new SnapshotDifference(before, after);
        SampleRequests samples = SampleRequests.Of(before, after);
        return new Comparison(difference, samples, [.. MovedRequests.Of(before, after, samples, difference)]);
    }
}
