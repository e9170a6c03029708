using System.Net.Http.Headers;
using System.Text;
using Mesh.Policies.Retries;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>How an attempt without a response is to be read.</summary>
internal enum AttemptError
{
    /// <summary>The caller cancelled: it gets its cancellation.</summary>
    CallerCancelled,

    /// <summary>The call's deadline passed.</summary>
    DeadlinePassed,

    /// <summary>The connections were closed before anything was sent: another endpoint is picked, and the attempt does not count.</summary>
    PoolClosed,

    /// <summary>The attempt failed on its way (<see cref="AttemptFailure"/>).</summary>
    Failed,

    /// <summary>The request itself is at fault: its content threw, or it cannot be sent at all. The caller gets what was thrown.</summary>
    RequestAtFault,
}

/// <summary>Reads what a send threw.</summary>
internal static class AttemptResult
{
    private const long RefusedStream = 0x7;

    public static AttemptError Read(Call call, EndpointPool pool, Exception error, out AttemptFailure failure)
    {
        failure = AttemptFailure.Reset;
        if (call.CallerToken.IsCancellationRequested)
            return AttemptError.CallerCancelled;
        if (call.Token.IsCancellationRequested)
        {
            failure = AttemptFailure.PerTryTimeout;
            return call.DeadlinePassed ? AttemptError.DeadlinePassed : AttemptError.Failed;
        }

        if (call.Body?.Failure is not null)
            return AttemptError.RequestAtFault;
        bool connected = EndpointConnectException.Find(error) is null;
        if (pool.IsClosing && (!connected || error is ObjectDisposedException))
            return AttemptError.PoolClosed;
        // The latter is the runtime's own refusal, when an earlier connection taught it that the server has no HTTP/2.
        if (!connected || error is HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError })
        {
            failure = AttemptFailure.Connect;
            return AttemptError.Failed;
        }

        // The runtime refuses such a message with the exception of a broken connection.
        if (error is HttpRequestException { InnerException: null } && !(IsAscii(call.Request.Headers) && (call.Request.Content is null || IsAscii(call.Request.Content.Headers))))
            return AttemptError.RequestAtFault;
        if (error is not (HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException))
            return AttemptError.RequestAtFault;
        if (IsRefusedStream(error))
            failure = AttemptFailure.RefusedStream;
        return AttemptError.Failed;
    }

    private static bool IsAscii(HttpHeaders headers)
    {
        foreach (var (_, values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                if (!Ascii.IsValid(value))
                    return false;
            }
        }

        return true;
    }

    private static bool IsRefusedStream(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is HttpProtocolException { ErrorCode: RefusedStream })
                return true;
        }

        return false;
    }
}
