using Google.Protobuf.Reflection;

namespace Mesh.Wire.Text;

/// <summary>The messages of google.protobuf that have a JSON form of their own.</summary>
internal enum WellKnownKind
{
    None,
    Any,
    Duration,
    Timestamp,
    Wrapper,
    Struct,
    Value,
    ListValue,
    Empty,
}

internal static class WellKnown
{
    public static WellKnownKind KindOf(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Any" => WellKnownKind.Any,
        "google.protobuf.Duration" => WellKnownKind.Duration,
        "google.protobuf.Timestamp" => WellKnownKind.Timestamp,
        "google.protobuf.Struct" => WellKnownKind.Struct,
        "google.protobuf.Value" => WellKnownKind.Value,
        "google.protobuf.ListValue" => WellKnownKind.ListValue,
        "google.protobuf.Empty" => WellKnownKind.Empty,
        "google.protobuf.BoolValue" or "google.protobuf.BytesValue" or "google.protobuf.StringValue"
            or "google.protobuf.DoubleValue" or "google.protobuf.FloatValue"
            or "google.protobuf.Int32Value" or "google.protobuf.Int64Value"
            or "google.protobuf.UInt32Value" or "google.protobuf.UInt64Value" => WellKnownKind.Wrapper,
        _ => WellKnownKind.None,
    };
}
