using Mesh.Resources;
using Mesh.Sources.Xds.Names;
using Mesh.Wire.Decode;

namespace Mesh.Sources.Xds.Cache;

/// <summary>What became of the bytes of one resource.</summary>
/// <param name="Name">Its name, in canonical text as all names in the record but for those of clusters in routes; empty when it has none.</param>
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
        object? record = errors.HasErrors ? null : Canonical(Find(set, type, name));
        return new ResourceReading(XdstpName.CanonicalOf(name), record, errors.HasErrors ? Describe(errors) : null, record is null ? [] : errors.Items);
    }

    private static object? Find(ResourceSet set, ResourceType type, string name) => type.Index switch
    {
        0 => set.Listeners.GetValueOrDefault(name),
        1 => set.RouteConfigurations.GetValueOrDefault(name),
        2 => set.Clusters.GetValueOrDefault(name),
        3 => set.Endpoints.GetValueOrDefault(name),
        _ => set.Secrets.GetValueOrDefault(name),
    };

    private static object? Canonical(object? record) => record switch
    {
        ListenerResource listener when IsXdstp(listener.Name) || IsXdstp(listener.RouteConfigurationName) => listener with { Name = XdstpName.CanonicalOf(listener.Name), RouteConfigurationName = CanonicalOf(listener.RouteConfigurationName) },
        RouteConfigurationResource routes when IsXdstp(routes.Name) => routes with { Name = XdstpName.CanonicalOf(routes.Name) },
        ClusterResource cluster when IsXdstp(cluster.Name) || IsXdstp(cluster.EndpointsName) || IsXdstp(cluster.Tls?.CertificateSecret) || IsXdstp(cluster.Tls?.ValidationSecret) => cluster with
        {
            Name = XdstpName.CanonicalOf(cluster.Name),
            EndpointsName = XdstpName.CanonicalOf(cluster.EndpointsName),
            Tls = Canonical(cluster.Tls),
        },
        EndpointsResource endpoints when IsXdstp(endpoints.Name) => endpoints with { Name = XdstpName.CanonicalOf(endpoints.Name) },
        SecretResource secret when IsXdstp(secret.Name) => secret with { Name = XdstpName.CanonicalOf(secret.Name) },
        _ => record,
    };

    private static TlsContextResource? Canonical(TlsContextResource? tls) => tls is null ? null : tls with
    {
        CertificateSecret = CanonicalOf(tls.CertificateSecret),
        ValidationSecret = CanonicalOf(tls.ValidationSecret),
    };

    // Most names are of the old style, and their records are used as they were read.
    private static bool IsXdstp(string? name) => name is not null && XdstpName.CanonicalOf(name) != name;

    private static string? CanonicalOf(string? name) => name is null ? null : XdstpName.CanonicalOf(name);

    private static string Describe(ErrorCollector errors)
    {
        string all = string.Join("; ", errors.Items.Where(item => item.Severity == Severity.Error).Take(MaxErrors).Select(item => item.ToString()));
        return errors.ErrorCount <= MaxErrors ? all : $"{all}; and {errors.ErrorCount - MaxErrors} more";
    }
}
