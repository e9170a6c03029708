namespace Mesh.Benchmarks.Overhead;

/// <summary>A mesh that forwards and does nothing beside, as it is configured in three lines.</summary>
internal static class ForwardingMesh
{
    /// <summary>What is called.</summary>
    public static readonly Uri Url = new("http://orders/api/orders/1");

    /// <summary>Starts it.</summary>
    /// <param name="endpoint">Host and port of the server.</param>
    /// <param name="protocol">As in the short form.</param>
    public static Task<MeshHost> StartAsync(string endpoint, string protocol) => MeshHost.StartAsync(new MeshOptions
    {
        InMemory = new InMemorySource($$"""
            services:
              orders:
                protocol: {{protocol}}
                endpoints: ["{{endpoint}}"]
            """),
    });
}
