using System.Net.Http.Headers;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Wire.Orca;

namespace Mesh.Calls;

/// <summary>
/// Takes over what endpoints report of their load with their answers, in headers or in trailers (gRFC A51), where the cluster's policy goes by it or
/// load reports pass it on; any other cluster pays for a look. A report that cannot be read is none. Where endpoints report out of band, that alone
/// counts for the policy (gRFC A58), and what comes with answers for load reports (gRFC A64).
/// </summary>
internal static class OrcaReports
{
    /// <summary>The headers of an endpoint's answer have come.</summary>
    public static void OnResponse(Call call, HttpResponseMessage response)
    {
        if (IsWanted(call))
            Take(call, response.Headers);
    }

    /// <summary>A response has come to its end.</summary>
    public static void OnComplete(Call call)
    {
        if (IsWanted(call) && call.Response is { } response)
            Take(call, response.TrailingHeaders);
    }

    private static bool IsWanted(Call call) => call.Cluster.ByReports is not null || call.Cluster.ReportedMetrics is not null;

    private static void Take(Call call, HttpResponseHeaders headers)
    {
        if (OrcaReader.Read(headers, out _) is not { } report)
            return;
        EndpointState endpoint = call.Endpoint!.State;
        if (call.Cluster.ByReports is { EnableOobLoadReport: false } policy)
            WeightedRoundRobinPicker.WeightOf(endpoint).Update(report, policy, call.TimeProvider.GetTimestamp());
        call.Cluster.ReportedMetrics?.Add(report, endpoint);
    }
}
