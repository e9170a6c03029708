using System.Globalization;
using System.Net;
using System.Text;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Probing.Checks;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>When a health check of a cluster is made, what it sends and to whom, and what it makes of answers.</summary>
internal static class SampleChecks
{
    private static readonly string[] Services = ["svc", "SVC", "svcx", ""];

    public static string Of(HealthCheckResource check, Cluster cluster)
    {
        var text = new StringBuilder();
        var schedule = new CheckSchedule(check, new Random(1));
        text.Append(CultureInfo.InvariantCulture, $" check {check.Timeout} again {check.ReuseConnection} logs {check.AlwaysLogFailures} {check.AlwaysLogSuccess} first {schedule.First()} then");
        foreach (bool traffic in new[] { false, true })
        {
            foreach (CheckTransition transition in Enum.GetValues<CheckTransition>())
                text.Append(CultureInfo.InvariantCulture, $" {schedule.Next(true, transition, traffic)} {schedule.Next(false, transition, traffic)}");
        }

        text.AppendLine().Append(" turns");
        var state = new CheckState();
        CheckResult[] results = [CheckResult.Passed, .. Enumerable.Repeat(CheckResult.Broken, 5), .. Enumerable.Repeat(CheckResult.Passed, 5)];
        foreach (CheckResult result in results)
            text.Append(CultureInfo.InvariantCulture, $" {state.Take(new CheckOutcome(result), check.HealthyThreshold, check.UnhealthyThreshold)}");
        text.AppendLine();
        foreach (Endpoint endpoint in cluster.Endpoints)
        {
            var target = ProbeTarget.Of(check, endpoint.Resource, cluster.Name, cluster.Transport);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {endpoint.Resource.HealthCheck?.IsDisabled} at {target.Endpoint.Address} as {target.Authority} offers {check.AlpnProtocols}");
        }

        if (cluster.Endpoints.Length == 0)
            return text.ToString();
        using var probe = Probe.Create(ProbeTarget.Of(check, cluster.Endpoints[^1].Resource, cluster.Name, cluster.Transport), new EndpointState("a"), TimeProvider.System);
        if (probe is HttpProbe http)
            Add(text, http);
        else if (probe is GrpcProbe grpc)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Convert.ToHexString(grpc.Request)} {string.Join(' ', grpc.Metadata())}");
        else
            text.AppendLine(CultureInfo.InvariantCulture, $"  {check.Checker}");
        return text.ToString();
    }

    private static void Add(StringBuilder text, HttpProbe probe)
    {
        using HttpRequestMessage request = probe.CreateRequest();
        using var body = new MemoryStream("abcdefghij"u8.ToArray());
        bool found = probe.SearchAsync(body, CancellationToken.None).GetAwaiter().GetResult();
        text.AppendLine(CultureInfo.InvariantCulture, $"  {request.Method} {request.RequestUri!.AbsolutePath} {request.Version} {request.Headers} finds {found}");
        foreach (string service in Services)
        {
            foreach (int status in Enumerable.Range(100, 500))
            {
                using var response = new HttpResponseMessage((HttpStatusCode)status);
                response.Headers.TryAddWithoutValidation("x-envoy-upstream-healthchecked-cluster", service);
                text.Append(CultureInfo.InvariantCulture, $" {(int)probe.Judge(response, isFound: true).Result}");
            }
        }

        text.AppendLine();
    }
}
