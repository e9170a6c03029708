using System.Globalization;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Endpoints by number, and what a picker makes of them.</summary>
internal static class TestEndpoints
{
    public static Endpoint At(int number, EndpointHealth health = EndpointHealth.Unknown, uint priority = 0, uint weight = 1, string locality = "") => new(
        new EndpointResource("h", number, health) { Weight = weight }, priority, locality, new EndpointState(number.ToString(CultureInfo.InvariantCulture)));

    public static string[] Pick(Picker picker, int times) => [.. Enumerable.Range(0, times).Select(_ => picker.Pick(default).Endpoint!.State.Address)];

    /// <summary>An attempt after those on some endpoints.</summary>
    public static PickContext After(params ReadOnlySpan<Endpoint> tried)
    {
        var endpoints = new TriedEndpoints();
        foreach (Endpoint each in tried)
            endpoints.Add(each);
        return new PickContext(null, endpoints);
    }

    /// <summary>The picker of a cluster over endpoints, in localities of the weights given.</summary>
    public static Picker Create(ClusterResource cluster, Endpoint[] endpoints, EndpointsResource? assignment = null, int seed = 1, LocalZones? zones = null) =>
        PickerFactory.Create(cluster, assignment ?? new EndpointsResource("c", []), endpoints, new ClusterState("c"), new PickerState(new Random(seed)), new Random(seed), zones);

    public static ClusterResource Cluster(LoadBalancingPolicyResource? policy = null) =>
        new() { Name = "c", Type = DiscoveryType.Static, LoadBalancing = policy ?? RoundRobinResource.Default };

    /// <summary>The weights of localities, all of priority 0; 0 is none.</summary>
    public static EndpointsResource Localities(params (string Name, uint Weight)[] localities) =>
        new("c", localities.Select(locality => new LocalityEndpointsResource(locality.Name, 0, []) { Weight = locality.Weight == 0 ? null : locality.Weight }).ToValueList());

    /// <summary>The share of picks that each address gets.</summary>
    public static Dictionary<string, double> Shares(Picker picker, int times) =>
        Pick(picker, times).CountBy(address => address).ToDictionary(count => count.Key, count => count.Value / (double)times, StringComparer.Ordinal);
}
