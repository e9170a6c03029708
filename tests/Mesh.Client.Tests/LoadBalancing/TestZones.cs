using System.Globalization;
using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Endpoints by locality: <c>a3</c> are three, <c>a3*2</c> three of weight 2, and <c>a0</c> is one that is not healthy.</summary>
internal static class TestZones
{
    public static Endpoint[] In(string zones, uint priority = 0)
    {
        var endpoints = new List<Endpoint>();
        foreach (string zone in zones.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = zone[1..].Split('*');
            int count = int.Parse(parts[0], CultureInfo.InvariantCulture);
            uint weight = parts.Length == 1 ? 1 : uint.Parse(parts[1], CultureInfo.InvariantCulture);
            EndpointHealth health = count == 0 ? EndpointHealth.Unhealthy : EndpointHealth.Healthy;
            for (int i = 0; i < Math.Max(count, 1); i++)
                endpoints.Add(TestEndpoints.At(endpoints.Count + 1, health, priority, weight, zone[..1]));
        }

        return [.. endpoints];
    }

    /// <summary>The instances of this program, of which this one is in <c>a</c>.</summary>
    public static LocalZones Local(string zones)
    {
        var local = new LocalZones("local") { Locality = "a" };
        local.Update(In(zones));
        return local;
    }
}
