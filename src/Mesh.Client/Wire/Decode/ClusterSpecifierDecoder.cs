using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Router.ClusterSpecifiers.Matcher.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>ClusterSpecifierPlugin</c>, inline or by name. Of the specifiers the one that is a matcher is known; another, where it is
/// optional, makes the routes that use it fail, and refuses the route configuration where it is not.
/// </summary>
internal static class ClusterSpecifierDecoder
{
    /// <summary>A specifier, read.</summary>
    /// <param name="Matcher">Chooses among the clusters; null where the type is not known.</param>
    /// <param name="Clusters">The clusters.</param>
    /// <param name="Missing">The type, where it is not known.</param>
    public sealed record Specifier(MatcherResource? Matcher, ValueList<WeightedClusterResource> Clusters, string Missing);

    /// <summary>The specifiers of a route configuration, by name.</summary>
    public static IReadOnlyDictionary<string, Specifier> Decode(RepeatedField<ClusterSpecifierPlugin> plugins, ErrorCollector errors)
    {
        var specifiers = new Dictionary<string, Specifier>(StringComparer.Ordinal);
        for (int i = 0; i < plugins.Count; i++)
        {
            using (errors.At("cluster_specifier_plugins", i))
            {
                string name = plugins[i].Extension?.Name ?? "";
                if (Decode(plugins[i], errors) is { } specifier && name.Require("extension.name", errors) && !specifiers.TryAdd(name, specifier))
                    errors.Error("extension.name", $"'{name}' names an earlier plugin too; names must be unique");
            }
        }

        return specifiers;
    }

    public static Specifier? Decode(ClusterSpecifierPlugin message, ErrorCollector errors)
    {
        if (!message.Extension.Require("extension", errors))
            return null;
        using (errors.At("extension"))
        {
            if (!message.Extension.TypedConfig.Require("typed_config", errors))
                return null;
            using (errors.At("typed_config"))
                return Decode(message.Extension.TypedConfig, message.IsOptional, errors);
        }
    }

    private static Specifier? Decode(Any config, bool isOptional, ErrorCollector errors)
    {
        string type = AnyDecoder.TypeName(config.TypeUrl);
        if (type != MatcherClusterSpecifier.Descriptor.FullName)
        {
            if (isOptional)
            {
                errors.Warning($"'{type}' is not supported, and optional: routes that use it fail");
                return new Specifier(null, [], type);
            }

            errors.Error($"'{type}' is not supported; {MatcherClusterSpecifier.Descriptor.FullName} is, and is_optional accepts that routes with another fail");
            return null;
        }

        if (AnyDecoder.Open<MatcherClusterSpecifier>(config, errors) is not { } message || !message.ClusterMatcher.Require("cluster_matcher", errors))
            return null;
        var clusters = new List<WeightedClusterResource>();
        using (errors.At("cluster_matcher"))
        {
            var decoder = new MatcherDecoder([MatchInputKind.Header, MatchInputKind.QueryParameter, MatchInputKind.FilterState], (action, found) =>
            {
                if (AnyDecoder.Open<ClusterAction>(action, found) is not { } chosen || !chosen.Cluster.Require("cluster", found))
                    return null;
                int known = clusters.FindIndex(cluster => cluster.Name == chosen.Cluster);
                if (known >= 0)
                    return known;
                clusters.Add(new WeightedClusterResource(chosen.Cluster, 1));
                return clusters.Count - 1;
            });
            return decoder.Decode(message.ClusterMatcher, errors) is { } matcher ? new Specifier(matcher, clusters.ToValueList(), "") : null;
        }
    }
}
