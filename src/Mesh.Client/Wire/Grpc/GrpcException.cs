namespace Mesh.Wire.Grpc;

/// <summary>A call that ended with another status than OK.</summary>
internal sealed class GrpcException(GrpcStatus status, Exception? innerException = null) : Exception(status.ToString(), innerException)
{
    public GrpcException(GrpcStatusCode code, string message, Exception? innerException = null)
        : this(new GrpcStatus(code, message), innerException)
    {
    }

    public GrpcStatus Status => status;
}
