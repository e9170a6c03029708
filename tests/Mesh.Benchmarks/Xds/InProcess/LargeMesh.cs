using System.Globalization;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>One host whose routes lead to 1,000 clusters of 100 endpoints each, as four responses in either form.</summary>
internal sealed class LargeMesh
{
    public const int Clusters = 1000;
    public const int Endpoints = 100;

    private readonly Dictionary<ResourceType, byte[]> _full = [];
    private readonly (ResourceType Type, byte[] Mark)[] _marks = [.. ResourceType.All.Select(type => (type, System.Text.Encoding.UTF8.GetBytes(type.TypeUrl)))];
    private int _changes;

    public LargeMesh(bool delta)
    {
        int[] all = [.. Enumerable.Range(0, Clusters)];
        Add(ResourceType.Listener, [(Messages.Host, Messages.Listener())]);
        Add(ResourceType.RouteConfiguration, [("routes", Messages.Routes(all.Select(i => Messages.Route(string.Create(CultureInfo.InvariantCulture, $"/service-{i}/"), i))))]);
        Add(ResourceType.Cluster, all.Select(i => (Messages.ClusterName(i), (IMessage)Messages.Cluster(Messages.ClusterName(i)))));
        Add(ResourceType.Endpoints, all.Select(i => (Messages.ClusterName(i), (IMessage)Assignment(i, 80))));

        void Add(ResourceType type, IEnumerable<(string Name, IMessage Message)> resources) => _full[type] = delta
            ? Messages.Delta(type, "full-" + type.Index, resources)
            : Messages.StateOfTheWorld(type, "full-" + type.Index, resources.Select(resource => resource.Message));
    }

    /// <summary>All four responses.</summary>
    public IEnumerable<byte[]> Full => _full.Values;

    /// <summary>A control plane that answers the first request of each type with all there is, and no other.</summary>
    public ScriptedPlane Serve()
    {
        var told = new HashSet<ResourceType>();
        return new ScriptedPlane((plane, request) =>
        {
            foreach (var (type, mark) in _marks)
            {
                if (request.Span.IndexOf(mark) >= 0 && told.Add(type))
                    plane.Send(_full[type]);
            }
        });
    }

    /// <summary>Delta responses that each move one endpoint of one cluster to a port it never had.</summary>
    public byte[][] OneEndpointChanges(int count)
    {
        var changes = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            int change = _changes++;
            int cluster = change % Clusters;
            changes[i] = Messages.Delta(ResourceType.Endpoints, "change-" + change, [(Messages.ClusterName(cluster), Assignment(cluster, 81 + (uint)(change / Clusters % 60_000)))]);
        }

        return changes;
    }

    private static ClusterLoadAssignment Assignment(int cluster, uint firstPort) =>
        Messages.Assignment(Messages.ClusterName(cluster), Enumerable.Range(0, Endpoints).Select(j => Messages.Address((cluster * Endpoints) + j)), firstPort);
}
