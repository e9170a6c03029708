using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Xds.Data.Orca.V3;
using Mesh.Wire.Text;

namespace Mesh.Wire.Orca;

/// <summary>
/// Reads the load report of an answer's headers or trailers: <c>endpoint-load-metrics-bin</c>, which gRPC servers send (gRFC A51), and Envoy's
/// <c>endpoint-load-metrics</c> with its three forms <c>BIN</c>, <c>JSON</c> and <c>TEXT</c>.
/// </summary>
internal static class OrcaReader
{
    public const string BinaryHeader = "endpoint-load-metrics-bin";
    public const string Header = "endpoint-load-metrics";

    /// <summary>Longer ones are no reports; an endpoint decides how long its headers are.</summary>
    private const int MaxLength = 16 * 1024;

    /// <summary>The report; null where there is none or it cannot be read, which <paramref name="isMalformed"/> tells apart.</summary>
    public static OrcaReport? Read(HttpHeaders headers, out bool isMalformed)
    {
        isMalformed = false;
        string? text = null;
        OrcaReport? report = null;
        if (headers.NonValidated.TryGetValues(BinaryHeader, out HeaderStringValues binary))
            report = OfBinary(text = binary.ToString());
        else if (headers.NonValidated.TryGetValues(Header, out HeaderStringValues values))
            report = OfForm(text = values.ToString());
        isMalformed = text is not null && report is null;
        return report;
    }

    /// <summary>A report that came as a message; null where it is none.</summary>
    public static OrcaReport? Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return Of(OrcaLoadReport.Parser.ParseFrom(message));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static OrcaReport? OfForm(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim(' ');
        int space = trimmed.IndexOf(' ');
        if (space < 0)
            return null;
        string content = trimmed[(space + 1)..].Trim(' ').ToString();
        return trimmed[..space] switch
        {
            "BIN" => OfBinary(content),
            "JSON" => OfJson(content),
            "TEXT" => OfText(content),
            _ => null,
        };
    }

    private static OrcaReport? OfBinary(string text)
    {
        if (text.Length > MaxLength)
            return null;

        // gRPC leaves the padding out or not (PROTOCOL-HTTP2.md).
        string padded = text.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        byte[] bytes = ArrayPool<byte>.Shared.Rent(padded.Length);
        try
        {
            return Convert.TryFromBase64String(padded, bytes, out int length) ? Of(OrcaLoadReport.Parser.ParseFrom(bytes, 0, length)) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static OrcaReport? OfJson(string text)
    {
        if (text.Length > MaxLength)
            return null;
        var wire = new WireBuffer(256);
        var errors = new ErrorCollector();
        new JsonTranscoder(TypeRegistry.Default, wire, errors).ReadDocument(Encoding.UTF8.GetBytes(text), MessageTable.For(OrcaLoadReport.Descriptor));
        return errors.HasErrors ? null : Of(OrcaLoadReport.Parser.ParseFrom(wire.Written));
    }

    /// <summary><c>cpu_utilization=0.3,named_metrics.queue=2</c>; a key that is not known or comes twice makes it no report, as in Envoy.</summary>
    private static OrcaReport? OfText(string text)
    {
        if (text.Length > MaxLength)
            return null;
        var message = new OrcaLoadReport();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in text.Split(','))
        {
            int equals = part.LastIndexOf('=');
            if (equals <= 0 || !double.TryParse(part.AsSpan(equals + 1).Trim(' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                return null;
            string key = part[..equals].Trim(' ');
            if (!seen.Add(key) || !Set(message, key, value))
                return null;
        }

        return Of(message);
    }

    private static bool Set(OrcaLoadReport message, string key, double value)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        string name = dot < 0 ? key : key[..dot], inner = dot < 0 ? "" : key[(dot + 1)..];
        switch (name)
        {
            case "cpu_utilization" when dot < 0:
                message.CpuUtilization = value;
                return true;
            case "mem_utilization" when dot < 0:
                message.MemUtilization = value;
                return true;
            case "application_utilization" when dot < 0:
                message.ApplicationUtilization = value;
                return true;
            case "rps_fractional" when dot < 0:
                message.RpsFractional = value;
                return true;
            case "eps" when dot < 0:
                message.Eps = value;
                return true;
            case "named_metrics" when inner.Length > 0:
                message.NamedMetrics[inner] = value;
                return true;
            case "utilization" when inner.Length > 0:
                message.Utilization[inner] = value;
                return true;
            case "request_cost" when inner.Length > 0:
                message.RequestCost[inner] = value;
                return true;
            default:
                return false;
        }
    }

    private static OrcaReport Of(OrcaLoadReport message) => new()
    {
        CpuUtilization = message.CpuUtilization,
        MemUtilization = message.MemUtilization,
        ApplicationUtilization = message.ApplicationUtilization,
        RequestsPerSecond = message.RpsFractional,
        ErrorsPerSecond = message.Eps,
        RequestCost = new Dictionary<string, double>(message.RequestCost, StringComparer.Ordinal),
        Utilization = new Dictionary<string, double>(message.Utilization, StringComparer.Ordinal),
        NamedMetrics = new Dictionary<string, double>(message.NamedMetrics, StringComparer.Ordinal),
    };
}
