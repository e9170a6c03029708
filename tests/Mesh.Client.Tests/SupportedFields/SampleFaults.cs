using Mesh.Matching;
using Mesh.Policies.Faults;
using Mesh.Snapshots;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>What a fault makes of a few requests, at the borders of the percentages of the base configuration.</summary>
internal static class SampleFaults
{
    private static readonly double[] Draws = [0.19, 0.2, 0.29, 0.3, 0.39, 0.4, 0.44, 0.45, 0.49, 0.5, 0.54, 0.55, 0.59, 0.6, 0.89, 0.9];
    private static readonly string[] Clusters = ["a", "b"];

    public static string Of(CallFilter filter)
    {
        if (filter.PolicyOn([]) is not Fault fault)
            return "none";
        IEnumerable<FaultPlan> plans =
            from view in Requests()
            from cluster in Clusters
            from draw in Draws
            select fault.Draw(view, cluster, new Drawn(draw));
        return $"at most {fault.MaxActive}: {string.Join(' ', plans)}";
    }

    /// <summary>Requests that a fault may concern, or that ask for one.</summary>
    private static IEnumerable<RequestView> Requests()
    {
        foreach (string value in new[] { "v", "V", "w" })
        {
            foreach (string node in new[] { "node", "added" })
            {
                foreach (string status in new[] { "x-envoy-fault-abort-request", "x-envoy-fault-abort-grpc-request" })
                {
                    var message = new HttpRequestMessage();
                    message.Headers.Add("x-fault", value);
                    message.Headers.Add("x-envoy-downstream-service-node", node);
                    message.Headers.Add("x-envoy-fault-delay-request", "5");
                    message.Headers.Add("x-envoy-fault-throughput-response", "9");
                    message.Headers.Add(status, "404");
                    yield return new RequestView("GET", "http", "a", "/", message.Headers, null);
                }
            }
        }
    }

    /// <summary>Draws the same part of every range.</summary>
    private sealed class Drawn(double part) : Random
    {
        public override int Next(int maxValue) => (int)Math.Round(maxValue * part);
    }
}
