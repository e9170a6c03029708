using System.Net;
using Mesh.Policies.Headers;

namespace Mesh.Calls;

/// <summary>
/// The response's content on its way to the caller: the call ends when the body has been read to its end, or is disposed, whichever
/// comes first.
/// </summary>
internal sealed class ResponseBody : HttpContent
{
    private readonly HttpContent _inner;
    private Call? _call;

    public ResponseBody(HttpContent inner, Call call)
    {
        _inner = inner;
        _call = call;
        inner.Headers.CopyTo(Headers);
    }

    /// <summary>The limit on silence between two reads; null for none.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>The flag of a call whose body comes to its end; null for an undisturbed one.</summary>
    public string? Flag { get; init; }

    /// <summary>The call while it lasts; null once it has ended.</summary>
    public Call? Call => Volatile.Read(ref _call);

    /// <summary>Ends the call, once.</summary>
    public void End(string? flag, Exception? error) => Interlocked.Exchange(ref _call, null)?.End(flag, error);

    /// <summary>Ends the call for what a read threw, and gives what the caller should see instead; null to let it see just that.</summary>
    public IOException? Fail(Exception error, CancellationToken readToken)
    {
        Call? call = Call;
        if (call is not null && error is OperationCanceledException && !readToken.IsCancellationRequested && call.Token.IsCancellationRequested && !call.CallerToken.IsCancellationRequested)
        {
            string what = IdleTimeout is { } idle ? $"was silent for {idle.TotalSeconds:0.###} s (idle timeout)" : $"was not complete within {call.Timeout?.TotalSeconds:0.###} s (route timeout)";
            var timeout = new IOException($"The response of cluster '{call.Cluster.Name}' {what}.", new TimeoutException());
            End(ResponseFlags.UpstreamRequestTimeout, timeout);
            return timeout;
        }

        End(IsEndpoints(error) ? ResponseFlags.UpstreamConnectionTermination : ResponseFlags.DownstreamConnectionTermination, error);
        return null;
    }

    /// <summary>Whether the endpoint broke the body off; else the caller cancelled, or could not take it.</summary>
    private static bool IsEndpoints(Exception error) => error is HttpIOException or IOException { InnerException: System.Net.Sockets.SocketException };

    // The caller's usual way: HttpClient buffers the body. The inner content copies itself, without a stream of ours between.
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Call is not { } call || IdleTimeout is not null)
        {
            Stream source = CreateContentReadStream(cancellationToken);
            await using (source.ConfigureAwait(false))
                await source.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
            return;
        }

        CancellationTokenRegistration link = ResponseStream.Link(call, cancellationToken);
        try
        {
            await _inner.CopyToAsync(stream, context, call.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            link.Dispose();
            if (Fail(e, cancellationToken) is { } timeout)
                throw timeout;
            throw;
        }

        link.Dispose();
        End(Flag, error: null);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using Stream source = CreateContentReadStream(cancellationToken);
        source.CopyTo(stream);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        Task.FromResult(CreateContentReadStream(cancellationToken));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new ResponseStream(this, _inner.ReadAsStream(cancellationToken));

    // A length that is known stands in the headers, which were copied.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            End(Flag, error: null);
        }

        base.Dispose(disposing);
    }
}
