using Mesh.Control;
using Mesh.Resources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Streams;

namespace Mesh;

/// <summary>Makes the public views of control planes and of what they gave, read between two steps of the control loop.</summary>
internal static class XdsViews
{
    public static IReadOnlyList<ControlPlaneView> ControlPlanes(AdsSource source, ControlLoop loop) => loop.Read(() => source.Client.Planes.Connections.Values
        .Select(ViewOf)
        .ToList());

    public static IReadOnlyList<ResourceView> Resources(AdsSource source, ControlLoop loop) => loop.Read(() => source.Client.Cache.All
        .OrderBy(entry => entry.Type.Index)
        .ThenBy(entry => entry.Name, StringComparer.Ordinal)
        .Select(ViewOf)
        .ToList());

    public static IReadOnlyList<string> IgnoredFields(AdsSource source, ControlLoop loop) => loop.Read(() => source.Client.Cache.All
        .SelectMany(entry => entry.Warnings)
        .Select(finding => finding.ToString())
        .ToList());

    /// <summary>What a control plane gave has no version as a whole; its errors are those of its resources.</summary>
    public static SourceView Refine(SourceView view, AdsSource source, ControlLoop loop) => loop.Read(() => view with
    {
        Version = VersionOf(source),
        Errors = [.. view.Errors, .. source.Client.Cache.All.Select(entry => entry.Error).OfType<string>()],
        IsStale = source.Client.Cache.All.Any(entry => entry.IsStale),
    });

    private static string? VersionOf(AdsSource source)
    {
        var versions = new List<string>();
        foreach (ResourceType type in ResourceType.All)
        {
            string? newest = source.Client.Cache[type].Values.Where(entry => entry.Record is not null).MaxBy(entry => entry.UpdatedAt)?.Version;
            if (newest is { Length: > 0 })
                versions.Add($"{type.Service} {newest}");
        }

        return versions.Count == 0 ? null : string.Join(", ", versions);
    }

    private static ControlPlaneView ViewOf(AdsConnection connection) => new(
        connection.Name,
        connection.IsOpen,
        connection.IsDelta,
        connection.ControlPlane.Length == 0 ? null : connection.ControlPlane,
        connection.Failure);

    private static ResourceView ViewOf(ResourceEntry entry) => new(
        entry.Type.TypeUrl,
        entry.Name,
        entry.Status switch
        {
            ResourceStatus.Requested => "REQUESTED",
            ResourceStatus.DoesNotExist => "DOES_NOT_EXIST",
            ResourceStatus.Acked => "ACKED",
            ResourceStatus.Nacked => "NACKED",
            ResourceStatus.ReceivedError => "RECEIVED_ERROR",
            _ => "TIMEOUT",
        },
        entry.Record is null || entry.Version.Length == 0 ? null : entry.Version,
        entry.UpdatedAt)
    {
        Error = entry.Error,
        RejectedVersion = entry.RejectedVersion,
        RejectedAt = entry.RejectedAt,
        IsStale = entry.IsStale,

        // Whoever may look at the state may not therefore see keys.
        Raw = entry.HoldsSecret ? default : entry.Raw,
        IgnoredFields = [.. entry.Warnings.Select(finding => finding.ToString())],
    };
}
