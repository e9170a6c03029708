using System.Security.Cryptography.X509Certificates;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two clusters of one name.</summary>
internal static class ClusterDetails
{
    public static IReadOnlyList<string> Of(Cluster before, Cluster after) =>
    [
        .. EndpointDetails.Of(before.Assignment, after.Assignment),
        .. RecordDifference.Of(before.Resource, after.Resource, [nameof(ClusterResource.LoadAssignment)]),
        .. Certificates(before.Transport.Tls, after.Transport.Tls),
    ];

    /// <summary>A secret may hold other certificates, though the cluster still names the same one.</summary>
    private static IEnumerable<string> Certificates(TlsIdentity? before, TlsIdentity? after)
    {
        if (before is null || after is null)
            yield break;
        if (before.Certificate?.TargetCertificate.Thumbprint != after.Certificate?.TargetCertificate.Thumbprint)
            yield return "client certificate changed";
        if (!Thumbprints(before.Roots).SequenceEqual(Thumbprints(after.Roots), StringComparer.Ordinal))
            yield return "trusted roots changed";
    }

    private static IEnumerable<string> Thumbprints(X509Certificate2Collection? roots) =>
        roots is null ? [] : roots.Select(root => root.Thumbprint).Order(StringComparer.Ordinal);
}
