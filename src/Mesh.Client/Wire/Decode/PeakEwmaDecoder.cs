using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>The configuration of <c>mesh.peak_ewma</c>, a policy of the mesh's own in a <c>TypedStruct</c>.</summary>
internal static class PeakEwmaDecoder
{
    /// <summary>What stands behind the last slash of the type URL.</summary>
    public const string Name = "mesh.peak_ewma";

    private const string DecayTime = "decay_time";
    private const string DefaultRtt = "default_rtt";

    public static PeakEwmaResource Decode(Struct? config, ErrorCollector errors)
    {
        foreach (string other in config?.Fields.Keys.Where(key => key is not (DecayTime or DefaultRtt)) ?? [])
            errors.Error(other, $"not known; allowed are {DecayTime} and {DefaultRtt}");
        var defaults = new PeakEwmaResource();
        return new PeakEwmaResource
        {
            DecayTime = Read(config, DecayTime, errors) ?? defaults.DecayTime,
            DefaultRtt = Read(config, DefaultRtt, errors) ?? defaults.DefaultRtt,
        };
    }

    private static TimeSpan? Read(Struct? config, string field, ErrorCollector errors)
    {
        if (config is null || !config.Fields.TryGetValue(field, out Value? value))
            return null;
        try
        {
            if (value.KindCase == Value.KindOneofCase.StringValue)
                return Duration.Parser.ParseJson(JsonFormatter.Default.Format(value)).Read(field, errors, positive: true);
        }
        catch (InvalidProtocolBufferException)
        {
            // Said below.
        }

        errors.Error(field, $"{value} is no duration; write one like \"10s\" or \"0.01s\"");
        return null;
    }
}
