using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>ConfigSource</c> of routes and endpoints: <c>ads</c> or <c>self</c>, both of which mean the source that gave the resource which
/// holds it (gRFC A27). Of other kinds the scan refuses every one.
/// </summary>
internal static class ConfigSourceDecoder
{
    public static void Check(ConfigSource? source, string field, bool required, ErrorCollector errors)
    {
        if (source is null && required)
            errors.Error(field, "required");
        else if (source is { ConfigSourceSpecifierCase: ConfigSource.ConfigSourceSpecifierOneofCase.None })
            errors.Error(field, "required: ads or self");
    }
}
