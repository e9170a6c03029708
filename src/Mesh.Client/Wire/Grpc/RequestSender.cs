using System.Net;
using Mesh.Primitives;

namespace Mesh.Wire.Grpc;

/// <summary>Makes the requests of a channel (PROTOCOL-HTTP2.md, Requests) and sends them.</summary>
internal sealed class RequestSender(GrpcChannelSettings settings) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(ChannelHandler.Create(settings), disposeHandler: true);

    /// <summary>Asks for the credentials and makes the request of a call.</summary>
    public async ValueTask<HttpRequestMessage> CreateAsync(string method, HttpContent content, CallScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyValuePair<string, string>> credentials = await AskAsync(cancellationToken).ConfigureAwait(false);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (settings.Authority.Length > 0)
            request.Headers.Host = settings.Authority;

        // Written in this order: the timeout first, so that a server can hold it whatever follows.
        if (scope.Left is { } left)
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeoutHeader.Format(left));
        request.Headers.TryAddWithoutValidation("te", "trailers");
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        request.Headers.TryAddWithoutValidation("user-agent", settings.UserAgent);
        foreach (KeyValuePair<string, string> entry in settings.Metadata)
            CallMetadata.TryAdd(request.Headers, entry);
        foreach (KeyValuePair<string, string> entry in credentials)
        {
            if (CallMetadata.TryAdd(request.Headers, entry) is { } refusal)
            {
                request.Dispose();
                throw new GrpcException(GrpcStatusCode.Unauthenticated, $"the call's credentials cannot be sent: {refusal}");
            }
        }

        return request;
    }

    /// <summary>
    /// Sends a request; done when the response's headers are there. A connection made for it outlives it and serves others, so nothing of
    /// the caller's context flows into it.
    /// </summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return _invoker.SendAsync(request, cancellationToken);
        Task<HttpResponseMessage> sending;
        using (ExecutionContext.SuppressFlow())
            sending = _invoker.SendAsync(request, cancellationToken);
        return sending;
    }

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> AskAsync(CancellationToken cancellationToken)
    {
        if (settings.CallCredentials is not { } ask)
            return [];
        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not GrpcException && !cancellationToken.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatusCode.Unauthenticated, $"the call's credentials could not be had: {e.Message}", e);
        }
    }
}
