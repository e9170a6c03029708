using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>
/// Fills what a node lacks from the platform the process runs on: Lambda, ECS or Kubernetes, the first that shows itself. Only when asked: a
/// bootstrap says who the node is. What is set explicitly wins, field by field and in the metadata entry by entry.
/// </summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
/// <param name="root">What stands for <c>/</c>, where a pod's files are.</param>
/// <param name="fetch">Asks the metadata endpoint of ECS; null where it must not be asked.</param>
internal sealed class PlatformNode(Func<string, string?> environment, string root, FetchText? fetch)
{
    /// <summary>The node with what the platform knows.</summary>
    /// <param name="node">What is set explicitly.</param>
    /// <param name="errors">Takes warnings only: a platform that does not answer leaves the node as it is.</param>
    /// <param name="cancellation">Ends the wait for an endpoint.</param>
    public async Task<CompletedNode> CompleteAsync(XdsNode node, ErrorCollector errors, CancellationToken cancellation)
    {
        PlatformFacts facts = new LambdaPlatform(environment).Read()
            ?? (fetch is null ? null : await new EcsPlatform(environment, fetch).ReadAsync(errors, cancellation).ConfigureAwait(false))
            ?? new KubernetesPlatform(environment, new PlatformFiles(root)).Read(errors)
            ?? new PlatformFacts();
        IEnumerable<KeyValuePair<string, string>> known = facts.Metadata.Where(entry => entry.Value.Length > 0).Select(entry => KeyValuePair.Create(entry.Name, entry.Value));
        XdsNode completed = WithLocality(node, facts) with
        {
            Id = Or(node.Id, facts.Id),
            Cluster = Or(node.Cluster, facts.Cluster),
            Metadata = NodeMetadata.With(NodeMetadata.With(node.Metadata, known, replace: false), "LABELS", facts.Labels),
        };
        return new CompletedNode(completed, NodeSuffix.OfId(completed.Id) ?? facts.DnsSuffix);
    }

    // A zone means something in its region only: to a place that was set explicitly, no part of another is added.
    private static XdsNode WithLocality(XdsNode node, PlatformFacts facts) =>
        Agree(node.Region, facts.Region) && Agree(node.Zone, facts.Zone) && Agree(node.SubZone, facts.SubZone)
            ? node with { Region = Or(node.Region, facts.Region), Zone = Or(node.Zone, facts.Zone), SubZone = Or(node.SubZone, facts.SubZone) }
            : node;

    private static bool Agree(string explicitly, string platform) => explicitly.Length == 0 || platform.Length == 0 || explicitly == platform;

    private static string Or(string explicitly, string platform) => explicitly.Length > 0 ? explicitly : platform;
}
