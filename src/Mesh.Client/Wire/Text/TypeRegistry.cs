using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.PreviousRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.SafeCrossScheme.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.ClientSideWeightedRoundRobin.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.ClusterProvided.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Maglev.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.OverrideHost.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.PickFirst.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Random.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RandomSubsetting.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RingHash.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.WrrLocality.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Match.UriTemplate.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.OmitCanaryHosts.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.PreviousHosts.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Http11Proxy.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Upstreams.Http.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Envoy.Service.LoadStats.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using Mesh.Wire.Protos.Xds.Type.Matcher.V3;

namespace Mesh.Wire.Text;

/// <summary>The message types that may stand in a <c>google.protobuf.Any</c>, by full name.</summary>
internal sealed class TypeRegistry
{
    private readonly NameIndex<MessageDescriptor> _messages;

    /// <param name="files">Files whose messages, and those of all files they import, are known.</param>
    public TypeRegistry(params IEnumerable<FileDescriptor> files)
    {
        var messages = new SortedDictionary<string, MessageDescriptor>(StringComparer.Ordinal);
        var visited = new HashSet<FileDescriptor>();
        foreach (FileDescriptor file in files)
            AddFile(file, messages, visited);
        Names = [.. messages.Keys];
        _messages = new NameIndex<MessageDescriptor>(messages);
    }

    /// <summary>
    /// Every message of our proto files. Only files no other imports are named; a test holds that none is missing.
    /// </summary>
    public static TypeRegistry Default { get; } = new(
        BootstrapReflection.Descriptor,
        ClientSideWeightedRoundRobinReflection.Descriptor,
        ClusterProvidedReflection.Descriptor,
        LeastRequestReflection.Descriptor,
        MaglevReflection.Descriptor,
        OverrideHostReflection.Descriptor,
        PickFirstReflection.Descriptor,
        RandomReflection.Descriptor,
        RandomSubsettingReflection.Descriptor,
        RingHashReflection.Descriptor,
        RoundRobinReflection.Descriptor,
        SubsetReflection.Descriptor,
        WrrLocalityReflection.Descriptor,
        Protos.Envoy.Extensions.Clusters.Aggregate.V3.ClusterReflection.Descriptor,
        Protos.Envoy.Extensions.Clusters.Dns.V3.DnsClusterReflection.Descriptor,
        UpstreamHttp11ConnectReflection.Descriptor,
        HttpReflection.Descriptor,
        Protos.Envoy.Extensions.Filters.Http.Fault.V3.FaultReflection.Descriptor,
        Protos.Envoy.Extensions.Filters.Http.LocalRatelimit.V3.LocalRateLimitReflection.Descriptor,
        Protos.Envoy.Extensions.Filters.Http.StatefulSession.V3.StatefulSessionReflection.Descriptor,
        Protos.Envoy.Extensions.Http.StatefulSession.Cookie.V3.CookieReflection.Descriptor,
        Protos.Envoy.Extensions.Http.StatefulSession.Header.V3.HeaderReflection.Descriptor,
        RouterReflection.Descriptor,
        AllowListedRoutesConfigReflection.Descriptor,
        PreviousHostsReflection.Descriptor,
        OmitCanaryHostsReflection.Descriptor,
        OmitHostMetadataConfigReflection.Descriptor,
        PreviousPrioritiesConfigReflection.Descriptor,
        HttpInputsReflection.Descriptor,
        Protos.Envoy.Extensions.Router.ClusterSpecifiers.Matcher.V3.MatcherReflection.Descriptor,
        NetworkInputsReflection.Descriptor,
        PreviousRoutesConfigReflection.Descriptor,
        SafeCrossSchemeConfigReflection.Descriptor,
        TreesReflection.Descriptor,
        Protos.Xds.Data.Orca.V3.OrcaLoadReportReflection.Descriptor,
        Protos.Udpa.Type.V1.TypedStructReflection.Descriptor,
        Protos.Xds.Type.V3.TypedStructReflection.Descriptor,
        UriTemplateMatchReflection.Descriptor,
        UriTemplateRewriteReflection.Descriptor,
        RawBufferReflection.Descriptor,
        DiscoveryReflection.Descriptor,
        LrsReflection.Descriptor,
        EmptyReflection.Descriptor,
        TimestampReflection.Descriptor);

    /// <summary>All full names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The table for <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>; null for an unknown type.</summary>
    public MessageTable? Find(string typeUrl) => Find(Encoding.UTF8.GetBytes(typeUrl));

    public MessageTable? Find(ReadOnlySpan<byte> typeUrl)
    {
        int slash = typeUrl.LastIndexOf((byte)'/');
        return slash >= 0 && _messages.TryFind(typeUrl[(slash + 1)..], out MessageDescriptor? message) ? MessageTable.For(message!) : null;
    }

    private static void AddFile(FileDescriptor file, SortedDictionary<string, MessageDescriptor> messages, HashSet<FileDescriptor> visited)
    {
        // Descriptors of descriptors reach here through our field options; they are no configuration.
        if (file.Name is "google/protobuf/descriptor.proto" || !visited.Add(file))
            return;
        foreach (FileDescriptor import in file.Dependencies)
            AddFile(import, messages, visited);
        foreach (MessageDescriptor message in file.MessageTypes)
            AddMessage(message, messages);
    }

    private static void AddMessage(MessageDescriptor message, SortedDictionary<string, MessageDescriptor> messages)
    {
        if (message.GetOptions()?.MapEntry == true)
            return;
        messages.Add(message.FullName, message);
        foreach (MessageDescriptor nested in message.NestedTypes)
            AddMessage(nested, messages);
    }
}
