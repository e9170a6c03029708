namespace Mesh.Transport;

/// <summary>
/// A connection to an endpoint could not be made, so nothing of a request was sent. An <see cref="IOException"/>, which a gRPC client
/// reads as UNAVAILABLE.
/// </summary>
internal sealed class EndpointConnectException(string message, Exception? inner) : IOException(message, inner)
{
    /// <summary>The failed connect behind what a send threw; null when it failed otherwise.</summary>
    public static EndpointConnectException? Find(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is EndpointConnectException found)
                return found;
        }

        return null;
    }
}
