namespace Mesh.TestKit.ControlPlane.Grpc;

/// <summary>Ends a call with a status of gRPC.</summary>
internal sealed class GrpcStatusException(int status, string message) : Exception(message)
{
    public const int InvalidArgument = 3;
    public const int NotFound = 5;
    public const int ResourceExhausted = 8;
    public const int Unimplemented = 12;
    public const int Internal = 13;
    public const int Unavailable = 14;
    public const int Unauthenticated = 16;

    public int Status { get; } = status;
}
