using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>
/// The properties of the records that differences are told of one by one: a new property of theirs is told without a change here. A
/// record that is not listed is compared as a whole.
/// </summary>
internal static class RecordProperties
{
    // Each type is named, so that a trimmer sees which properties are read.
    private static readonly FrozenDictionary<Type, PropertyInfo[]> ByType = new[]
    {
        Of<ListenerResource>(),
        Of<RouteConfigurationResource>(),
        Of<VirtualHostResource>(),
        Of<VirtualClusterResource>(),
        Of<RouteResource>(),
        Of<RouteMatchResource>(),
        Of<HeaderMatcherResource>(),
        Of<QueryParameterMatcherResource>(),
        Of<CookieMatcherResource>(),
        Of<TlsContextMatchResource>(),
        Of<RouteActionResource>(),
        Of<WeightedClusterResource>(),
        Of<RegexRewriteResource>(),
        Of<RetryPolicyResource>(),
        Of<RedirectResource>(),
        Of<DirectResponseResource>(),
        Of<HeaderMutationsResource>(),
        Of<HeaderToAddResource>(),
        Of<ClusterResource>(),
        Of<DnsSettingsResource>(),
        Of<DnsFailureRateResource>(),
        Of<TlsContextResource>(),
        Of<ValidationContextResource>(),
        Of<SanMatcherResource>(),
        Of<EndpointsResource>(),
        Of<LocalityEndpointsResource>(),
        Of<EndpointResource>(),
    }.ToFrozenDictionary();

    /// <summary>The properties of a record's type; null when it is compared as a whole.</summary>
    public static PropertyInfo[]? Find(object record) => ByType.GetValueOrDefault(record.GetType());

    // What a record computes of its own properties says nothing new.
    private static KeyValuePair<Type, PropertyInfo[]> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        KeyValuePair.Create(typeof(T), typeof(T).GetProperties().Where(property => property.CanWrite).ToArray());
}
