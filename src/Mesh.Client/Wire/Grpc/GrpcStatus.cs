namespace Mesh.Wire.Grpc;

/// <summary>How a gRPC call ended: the server's word, or what its absence means.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">What the server said of it, or what happened here; may be empty.</param>
internal readonly record struct GrpcStatus(GrpcStatusCode Code, string Message)
{
    private static readonly string[] Names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>The code as the specification spells it.</summary>
    public string Name => Names[(int)Code];

    /// <summary>Whether a number is one of the codes.</summary>
    public static bool IsCode(int number) => number >= 0 && number < Names.Length;

    public override string ToString() => Message.Length == 0 ? Name : $"{Name}: {Message}";
}
