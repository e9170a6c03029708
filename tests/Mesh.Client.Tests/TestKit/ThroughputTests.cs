using Google.Protobuf;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class ThroughputTests
{
    [Theory]
    [InlineData(RawAdsCall.Sotw)]
    [InlineData(RawAdsCall.Delta)]
    public async Task ManyUpdatesAtFullSpeedEndInTheLastState(string method)
    {
        const int Clusters = 1000;
        const int Updates = 10_000;
        await using AdsServer server = await AdsServer.StartAsync();
        server.Set([.. Enumerable.Range(0, Clusters).Select(i => Encode(WithEndpoints($"c{i}", 100)))]);
        await using var call = new RawAdsCall(server, method);
        var seen = new Dictionary<string, int>();
        await (method == RawAdsCall.Sotw ? call.AskAsync(Xds.ClusterType) : call.SubscribeAsync(Xds.ClusterType));
        await ReadAsync();
        Assert.Equal(Clusters, seen.Count);

        Task publishing = Task.Run(() =>
        {
            for (int i = 1; i <= Updates; i++)
                server.Put(Encode(new Cluster { Name = $"c{i % Clusters}", AltStatName = $"{i}" }));
        });
        while (seen.Values.Count(version => version > Updates - Clusters) < Clusters)
            await ReadAsync();
        await publishing;
        await server.WaitForAckAsync(XdsTypes.Cluster);

        async Task ReadAsync()
        {
            if (method == RawAdsCall.Sotw)
            {
                DiscoveryResponse response = await call.ReadAsync();
                foreach (var resource in response.Resources)
                    See(resource.Unpack<Cluster>());
                await call.AskAsync(Xds.ClusterType, response);
            }
            else
            {
                DeltaDiscoveryResponse response = await call.ReadDeltaAsync();
                foreach (Resource resource in response.Resources)
                    See(resource.Resource_.Unpack<Cluster>());
                await call.AckAsync(response);
            }
        }

        void See(Cluster cluster)
        {
            int version = cluster.AltStatName.Length == 0 ? 0 : int.Parse(cluster.AltStatName, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(version >= seen.GetValueOrDefault(cluster.Name));
            seen[cluster.Name] = version;
        }
    }

    private static ServedResource Encode(Cluster cluster) => new(XdsTypes.Cluster, cluster.Name, cluster.ToByteArray());

    private static Cluster WithEndpoints(string name, int count)
    {
        var locality = new LocalityLbEndpoints();
        for (uint port = 1; port <= count; port++)
        {
            var address = new Address { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = port } };
            locality.LbEndpoints.Add(new LbEndpoint { Endpoint = new Endpoint { Address = address } });
        }

        return new Cluster { Name = name, LoadAssignment = new ClusterLoadAssignment { ClusterName = name, Endpoints = { locality } } };
    }
}
