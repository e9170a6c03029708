using Mesh.Snapshots;
using Mesh.TestKit;

namespace Mesh.Client.Tests.Sources;

/// <summary>A mesh with its sources, on a clock that the test owns, in a content root without a file.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private readonly TempFolder _contentRoot = new();
    private readonly MeshHost _host;
    private readonly InMemorySource _memory;

    private HostUnderTest(MeshOptions options)
    {
        // Something given by code runs on the loop behind all that was posted before.
        _memory = options.InMemory ??= new InMemorySource();
        _host = new MeshHost(options, _contentRoot.Path, new ManualTimeProvider(), new RecordingLogger());
    }

    public IMeshState State => _host.State;

    public MeshSnapshot? Snapshot => _host.Store.Current;

    public IReadOnlyList<string> Errors => [.. State.Sources.SelectMany(source => source.Errors)];

    public static async Task<HostUnderTest> StartAsync(MeshOptions options)
    {
        var test = new HostUnderTest(options);
        try
        {
            await test._host.StartAsync(CancellationToken.None);
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public string? AddressOf(string cluster) => Snapshot?.FindCluster(cluster)?.Endpoints[0].State.Address;

    /// <summary>Returns when all that was posted to the control loop has run.</summary>
    public void WaitForLoop() => _memory.Update(_memory.Text);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _contentRoot.Dispose();
    }
}
