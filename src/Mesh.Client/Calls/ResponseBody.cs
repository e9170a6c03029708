using System.Net;

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

        // One pass copies the headers and finds what decides how the body is treated; a lookup each would cost as much again.
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            if (values.Count != 1)
            {
                Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
                continue;
            }

            string value = values.ToString();
            Headers.TryAddWithoutValidation(name, value);
            if (value == "0" && name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                IsEmpty = true;
            else if (name.Length == 12 && value.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                IsEventStream = true;
        }
    }

    /// <summary>Whether the body's length is known to be zero.</summary>
    public bool IsEmpty { get; }

    /// <summary>Whether the body is a stream of server-sent events.</summary>
    public bool IsEventStream { get; }

    /// <summary>The call while it lasts; null once it has ended.</summary>
    public Call? Call => Volatile.Read(ref _call);

    /// <summary>Ends the call, once: the body has come to its end.</summary>
    public void Complete()
    {
        if (Interlocked.Exchange(ref _call, null) is not { } call)
            return;
        OutlierReport.OnComplete(call);
        OrcaReports.OnComplete(call);
        call.End(call.CompletionFlag, error: null);
    }

    /// <summary>
    /// Ends the call, once: nobody wants the rest. A read may be under way on another thread, so the call serves no other.
    /// </summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _call, null) is { } call)
            call.End(call.CompletionFlag, error: null, reuse: false);
    }

    /// <summary>Ends the call for what a read threw, and gives what the caller should see instead; null to let it see just that.</summary>
    public IOException? Fail(Exception error, CancellationToken readToken)
    {
        Call? call = Call;
        if (call is not null && error is OperationCanceledException && !readToken.IsCancellationRequested && call.Token.IsCancellationRequested && !call.CallerToken.IsCancellationRequested)
        {
            string what = call.IdleTimeout is { } idle ? $"was silent for {idle.TotalSeconds:0.###} s (idle timeout)" : $"was not complete within {call.Timeout?.TotalSeconds:0.###} s (route timeout)";
            var timeout = new IOException($"The response of cluster '{call.Cluster.Name}' {what}.", new TimeoutException());
            Break(ResponseFlags.UpstreamRequestTimeout, timeout);
            return timeout;
        }

        Break(IsEndpoints(error) ? ResponseFlags.UpstreamConnectionTermination : ResponseFlags.DownstreamConnectionTermination, error);
        return null;
    }

    private void Break(string flag, Exception error)
    {
        if (Interlocked.Exchange(ref _call, null) is not { } call)
            return;
        OutlierReport.OnBroken(call, flag);
        call.End(flag, error);
    }

    /// <summary>Whether the endpoint broke the body off; else the caller cancelled, or could not take it.</summary>
    private static bool IsEndpoints(Exception error) =>
        error is HttpIOException or IOException { InnerException: System.Net.Sockets.SocketException }
        || (error is HttpRequestException { InnerException: { } inner } && IsEndpoints(inner));

    // The caller's usual way: HttpClient buffers the body. The inner content copies itself, without a stream of ours between.
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Call is not { IdleTimeout: null } call)
            return CopyAsync(stream, cancellationToken);

        // What lies in memory is copied at once and costs no state machine.
        Task copy = _inner.CopyToAsync(stream, context, call.Token);
        if (!copy.IsCompletedSuccessfully)
            return FinishAsync(copy, call, cancellationToken);
        Complete();
        return Task.CompletedTask;
    }

    private async Task FinishAsync(Task copy, Call call, CancellationToken cancellationToken)
    {
        call.StartDeadline();
        CancellationTokenRegistration link = ResponseStream.Link(call, cancellationToken);
        try
        {
            await copy.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            link.Dispose();
            if (Fail(e, cancellationToken) is { } timeout)
                throw timeout;
            throw;
        }

        link.Dispose();
        Complete();
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        Stream source = CreateContentReadStream(cancellationToken);
        await using (source.ConfigureAwait(false))
            await source.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
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
            Abandon();
        }

        base.Dispose(disposing);
    }
}
