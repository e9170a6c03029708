using System.Collections;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;

namespace Mesh.Conformance.Suites;

/// <summary>What grpc-go does not read while an environment switch of its own is off: taken out of a case's message, as though it were not there.</summary>
internal sealed class GrpcFeatureFlags(JsonObject? flags)
{
    private static readonly Dictionary<string, MessageParser> Opened = new(StringComparer.Ordinal)
    {
        [UpstreamTlsContext.Descriptor.FullName] = UpstreamTlsContext.Parser,
        [DownstreamTlsContext.Descriptor.FullName] = DownstreamTlsContext.Parser,
        [HttpConnectionManager.Descriptor.FullName] = HttpConnectionManager.Parser,
    };

    public void Apply(IMessage message)
    {
        if (message is UpstreamTlsContext tls && IsOff("enableSNIFlag"))
            (tls.Sni, tls.AutoHostSni, tls.AutoSniSanValidation) = ("", false, false);
        else if (message is CertificateValidationContext validation && IsOff("enableSystemRootCertsFlag"))
            validation.SystemRootCerts = null;
        else if (message is HttpFilter filter && IsOff("xdsClientExtProcEnabled"))
            filter.Disabled = false;
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message && !field.IsMap))
        {
            switch (field.Accessor.GetValue(message))
            {
                case IList list:
                    foreach (IMessage each in list.OfType<IMessage>())
                        ApplyWithin(each);
                    break;
                case IMessage one:
                    ApplyWithin(one);
                    break;
            }
        }
    }

    private void ApplyWithin(IMessage message)
    {
        if (message is not Any any)
        {
            Apply(message);
            return;
        }

        if (!Opened.TryGetValue(Any.GetTypeName(any.TypeUrl), out MessageParser? parser))
            return;
        try
        {
            IMessage inner = parser.ParseFrom(any.Value);
            Apply(inner);
            any.Value = inner.ToByteString();
        }
        catch (InvalidProtocolBufferException)
        {
            // Some cases are about that.
        }
    }

    private bool IsOff(string flag) => (bool?)flags?[flag] == false;
}
