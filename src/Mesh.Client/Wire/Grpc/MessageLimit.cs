namespace Mesh.Wire.Grpc;

/// <summary>The longest message a channel takes, and the refusal of a longer one.</summary>
internal readonly record struct MessageLimit(int Bytes)
{
    /// <summary>Throws when a message announces more than is taken, before anything is allocated for it.</summary>
    public void Check(uint length)
    {
        if (length > (uint)Bytes)
            throw TooLong($"A message of {length} bytes is longer");
    }

    /// <summary>The refusal of a message that turned out to be too long while it was unpacked.</summary>
    public GrpcException Unpacked(int packed) => TooLong($"A message of {packed} bytes unpacks to more");

    private GrpcException TooLong(string what) =>
        new(GrpcStatusCode.ResourceExhausted, $"{what} than the {Bytes} bytes allowed (XdsOptions.MaxMessageBytes)");
}
