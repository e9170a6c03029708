using Mesh.Benchmarks.Harness;
using Mesh.Benchmarks.Xds.InProcess;
using Mesh.Benchmarks.Xds.Peers;
using Mesh.Benchmarks.Xds.StartUp;
using Mesh.TestKit.Peers;

namespace Mesh.Benchmarks.Xds;

/// <summary>The <c>xds</c> group: what a control plane's configuration costs a client, in part against the client by grpc-js.</summary>
internal static class XdsGroup
{
    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        if (GrpcJsControlPlane.Reason is { } reason)
            throw new InvalidOperationException($"The control plane of this group cannot run here: {reason}.");
        yield return await UpdateComparison.RunAsync();
        yield return await HeapComparison.RunAsync();
        await foreach (Figure figure in StartUpComparison.RunAsync())
            yield return figure;
        yield return await ClientCost.OneEndpointAsync();
        yield return await ClientCost.RepeatAsync();
        yield return await NackLoop.RunAsync();
        await foreach (Figure figure in ManyUpdates.RunAsync())
            yield return figure;
    }
}
