namespace Mesh.Sources.Xds.Streams;

/// <summary>The way to one control plane: what opens its streams.</summary>
internal interface IAdsTransport : IAsyncDisposable
{
    /// <summary>Opens a stream once the server is connected to, and before it has said anything.</summary>
    /// <exception cref="Wire.Grpc.GrpcException">It cannot be reached, or refuses.</exception>
    Task<IAdsStream> OpenAsync(string method, CancellationToken cancellationToken);
}

/// <summary>One stream of messages both ways.</summary>
internal interface IAdsStream : IAsyncDisposable
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The next message; null when the server has ended the stream.</summary>
    /// <exception cref="Wire.Grpc.GrpcException">The stream has failed.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken);
}
