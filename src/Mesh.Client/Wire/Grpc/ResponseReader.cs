namespace Mesh.Wire.Grpc;

/// <summary>The messages of one response, and its status at the end.</summary>
internal sealed class ResponseReader
{
    private readonly HttpResponseMessage _response;
    private readonly Uri _address;
    private readonly FrameReader _frames;
    private bool _ended;

    private ResponseReader(HttpResponseMessage response, Uri address, FrameReader frames)
    {
        _response = response;
        _address = address;
        _frames = frames;
    }

    /// <summary>Whether a message has come.</summary>
    public bool AnyMessage { get; private set; }

    /// <summary>Begins to read a response.</summary>
    /// <exception cref="GrpcException">Its head ends the call.</exception>
    public static async ValueTask<ResponseReader> OpenAsync(HttpResponseMessage response, Uri address, MessageLimit limit, CancellationToken cancellationToken)
    {
        if (ResponseStatus.OfHead(response, address) is { } status)
            throw new GrpcException(status);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        string? encoding = ResponseStatus.Single(response.Headers, "grpc-encoding");
        return new ResponseReader(response, address, new FrameReader(body, encoding, limit));
    }

    /// <summary>The next message; null when the call has ended with OK.</summary>
    /// <exception cref="GrpcException">It has ended otherwise.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ended)
            return null;
        try
        {
            if (await _frames.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                AnyMessage = true;
                return message;
            }
        }
        catch (EndOfStreamException e)
        {
            // A server that breaks off within a message may still say why.
            GrpcStatus status = Status() is { Code: not GrpcStatusCode.Ok } told ? told : new GrpcStatus(GrpcStatusCode.Internal, $"{e.Message} ({_address})");
            throw new GrpcException(status, e);
        }

        GrpcStatus end = Status() ?? new GrpcStatus(GrpcStatusCode.Unknown, $"{_address} ended the call without a grpc-status: a proxy may have dropped the trailers");
        if (end.Code != GrpcStatusCode.Ok)
            throw new GrpcException(end);
        _ended = true;
        return null;
    }

    /// <summary>Trailers are there when the body has been read to its end.</summary>
    private GrpcStatus? Status() => ResponseStatus.Read(_response.TrailingHeaders) ?? ResponseStatus.Read(_response.Headers);
}
