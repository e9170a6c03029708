using Mesh.Probing.Checks;

namespace Mesh.Calls;

/// <summary>
/// Tells the active health checks of an endpoint when its answer to a call says that it fails them
/// (<c>x-envoy-immediate-health-check-fail</c>); a cluster without checks pays for a look.
/// </summary>
internal static class HealthReport
{
    public static void OnResponse(Call call, HttpResponseMessage response)
    {
        if (call.Cluster.State.Checks is not null && response.Headers.NonValidated.Contains(HttpProbe.ImmediateFail))
            (call.Endpoint!.State.Checks as EndpointChecks)?.FailAtOnce();
    }
}
