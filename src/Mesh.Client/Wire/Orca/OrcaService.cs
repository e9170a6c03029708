using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Mesh.Wire.Orca;

/// <summary>The messages of <c>xds.service.orca.v3.OpenRcaService/StreamCoreMetrics</c> (gRFC A51); its answers are load reports.</summary>
internal static class OrcaService
{
    public const string Stream = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics";

    private const int IntervalField = 1;

    /// <summary><c>OrcaLoadReportRequest</c>.</summary>
    /// <param name="interval">How often the server is to report.</param>
    public static byte[] Request(TimeSpan interval)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(IntervalField, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(Duration.FromTimeSpan(interval));
        }

        return stream.ToArray();
    }
}
