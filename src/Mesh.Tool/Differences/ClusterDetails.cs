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
        .. Secrets(before, after),
    ];

    /// <summary>A secret or a file may hold something else, though the cluster still names the same one.</summary>
    private static IEnumerable<string> Secrets(Cluster before, Cluster after)
    {
        if (before.Transport.Tls is not { } old || after.Transport.Tls is not { } now)
            yield break;
        if (Thumbprints(Chain(old)) != Thumbprints(Chain(now)))
            yield return "client certificate changed";
        if (Thumbprints(old.Roots) != Thumbprints(now.Roots))
            yield return "trusted roots changed";
        if (before.Resource.Tls?.Validation == after.Resource.Tls?.Validation && Names(old) != Names(now))
            yield return "subject alternative names changed";
    }

    private static IEnumerable<X509Certificate2> Chain(TlsIdentity identity) =>
        identity.Certificate is { } certificate ? [certificate.TargetCertificate, .. certificate.IntermediateCertificates] : [];

    private static string Thumbprints(IEnumerable<X509Certificate2>? certificates) =>
        string.Join(' ', (certificates ?? []).Select(certificate => certificate.Thumbprint).Order(StringComparer.Ordinal));

    private static string Names(TlsIdentity identity) => identity.SubjectAltNames is { } names ? string.Join<SanMatcher>(", ", names) : "sent";
}
