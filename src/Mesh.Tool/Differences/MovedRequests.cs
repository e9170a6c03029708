using Mesh.Snapshots;
using Mesh.Tool.Samples;

namespace Mesh.Tool.Differences;

/// <summary>A sample request that lands elsewhere.</summary>
internal sealed record MovedRequest(SampleRequest Request, Landing Old, Landing New);

/// <summary>The sample requests that land elsewhere.</summary>
internal static class MovedRequests
{
    public static IEnumerable<MovedRequest> Of(MeshSnapshot before, MeshSnapshot after, SampleRequests samples, SnapshotDifference difference)
    {
        foreach (SampleRequest sample in samples.All)
        {
            using HttpRequestMessage message = sample.Message();
            Landing old = Landing.Of(before, message), now = Landing.Of(after, message);
            if (!old.IsSameAs(now, difference))
                yield return new MovedRequest(sample, old, now);
        }
    }
}
