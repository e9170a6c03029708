using Google.Protobuf;
using Mesh.Wire.Validate;

namespace Mesh.Wire.Grpc;

/// <summary><c>grpc.health.v1.HealthCheckResponse.ServingStatus</c>.</summary>
internal enum ServingStatus
{
    Unknown = 0,
    Serving = 1,
    NotServing = 2,
    ServiceUnknown = 3,
}

/// <summary>The messages of <c>grpc.health.v1.Health/Check</c>.</summary>
internal static class HealthService
{
    public const string Check = "/grpc.health.v1.Health/Check";

    private const int ServiceField = 1, StatusField = 1;

    /// <summary><c>HealthCheckRequest</c>.</summary>
    /// <param name="service">The service asked about; empty is the server as a whole.</param>
    public static byte[] Request(string service)
    {
        if (service.Length == 0)
            return [];
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(ServiceField, WireFormat.WireType.LengthDelimited);
            output.WriteString(service);
        }

        return stream.ToArray();
    }

    /// <summary>The status of a <c>HealthCheckResponse</c>; null where it is none.</summary>
    public static ServingStatus? Status(ReadOnlySpan<byte> response)
    {
        var status = ServingStatus.Unknown;
        var reader = new WireReader(response);
        while (reader.Read())
        {
            if (reader is { Number: StatusField, WireType: WireFormat.WireType.Varint })
                status = (ServingStatus)reader.Bits;
        }

        return reader.Malformed is null ? status : null;
    }
}
