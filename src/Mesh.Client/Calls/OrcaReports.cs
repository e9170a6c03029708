using System.Net.Http.Headers;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Wire.Orca;

namespace Mesh.Calls;

/// <summary>
/// Takes over what endpoints report of their load with their answers, in headers or in trailers (gRFC A51), where the cluster's policy goes by it;
/// any other cluster pays for a look. A report that cannot be read is none. Where endpoints report out of band, that alone counts (gRFC A58).
/// </summary>
internal static class OrcaReports
{
    /// <summary>The headers of an endpoint's answer have come.</summary>
    public static void OnResponse(Call call, HttpResponseMessage response)
    {
        if (call.Cluster.ByReports is { EnableOobLoadReport: false } policy)
            Take(call, policy, response.Headers);
    }

    /// <summary>A response has come to its end.</summary>
    public static void OnComplete(Call call)
    {
        if (call.Cluster.ByReports is { EnableOobLoadReport: false } policy && call.Response is { } response)
            Take(call, policy, response.TrailingHeaders);
    }

    private static void Take(Call call, WeightedRoundRobinResource policy, HttpResponseHeaders headers)
    {
        if (OrcaReader.Read(headers, out _) is { } report)
            WeightedRoundRobinPicker.WeightOf(call.Endpoint!.State).Update(report, policy, call.TimeProvider.GetTimestamp());
    }
}
