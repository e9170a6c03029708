using Mesh.Control;
using Mesh.Sources.Xds.Loads;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Discovery;
using Mesh.Wire.Grpc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>The stream of load reports, where a server ends it.</summary>
public sealed class LoadReporterTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>A server may have refused the call before its first message is written: why is told to the reader.</summary>
    [Fact]
    public async Task ARefusalBeforeTheFirstMessageIsTold()
    {
        await using var loop = new ControlLoop(TimeProvider.System, NullLogger.Instance);
        var told = new TaskCompletionSource<string>();
        await using var refusing = new Refusing();
        await using var reporter = new LoadReporter(refusing, new NodeIdentity { Id = "me" }, loop, () => [], new Random(1), reason => told.TrySetResult(reason));
        Assert.Contains("UNIMPLEMENTED", await told.Task.WaitAsync(Soon), StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Refusing : IAdsTransport, IAdsStream
    {
        public Task<IAdsStream> OpenAsync(string method, CancellationToken cancellationToken) => Task.FromResult<IAdsStream>(this);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
            throw new GrpcException(GrpcStatusCode.Cancelled, "the server has ended the call");

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken) =>
            throw new GrpcException(GrpcStatusCode.Unimplemented, "no such service");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
