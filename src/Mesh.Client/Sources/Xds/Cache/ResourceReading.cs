using Mesh.Resources;
using Mesh.Wire.Decode;

namespace Mesh.Sources.Xds.Cache;

/// <summary>What became of the bytes of one resource.</summary>
/// <param name="Name">Its name; empty when it has none.</param>
/// <param name="Record">The record; null when it is refused.</param>
/// <param name="Errors">Why it is refused.</param>
/// <param name="Warnings">What of it has no effect.</param>
internal readonly record struct ResourceReading(string Name, object? Record, string? Errors, IReadOnlyList<ResourceError> Warnings)
{
    /// <summary>Errors written into one message; the rest is counted, because a server may have a bound on it.</summary>
    private const int MaxErrors = 20;

    public static ResourceReading Of(ResourceType type, ReadOnlySpan<byte> wire, DecoderSettings settings)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        string name = new ResourceDecoder(set, errors) { Settings = settings }.Decode(type.FullName, wire);
        object? record = errors.HasErrors ? null : Find(set, type, name);
        return new ResourceReading(name, record, errors.HasErrors ? Describe(errors) : null, record is null ? [] : errors.Items);
    }

    private static object? Find(ResourceSet set, ResourceType type, string name) => type.Index switch
    {
        0 => set.Listeners.GetValueOrDefault(name),
        1 => set.RouteConfigurations.GetValueOrDefault(name),
        2 => set.Clusters.GetValueOrDefault(name),
        3 => set.Endpoints.GetValueOrDefault(name),
        _ => set.Secrets.GetValueOrDefault(name),
    };

    private static string Describe(ErrorCollector errors)
    {
        string all = string.Join("; ", errors.Items.Where(item => item.Severity == Severity.Error).Take(MaxErrors).Select(item => item.ToString()));
        return errors.ErrorCount <= MaxErrors ? all : $"{all}; and {errors.ErrorCount - MaxErrors} more";
    }
}
