using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RouteConfiguration</c> and its virtual hosts, validated as Envoy and gRPC (gRFC A28) do.</summary>
internal static class RouteConfigurationDecoder
{
    public static RouteConfigurationResource Decode(RouteConfiguration message, string baseDirectory, ErrorCollector errors)
    {
        var settings = new RouteDecoderSettings(message.MaxDirectResponseBodySizeBytes ?? LocalAnswerDecoder.DefaultMaxBody, baseDirectory);
        var hosts = new List<VirtualHostResource>(message.VirtualHosts.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < message.VirtualHosts.Count; i++)
        {
            using (errors.At("virtual_hosts", i))
            {
                VirtualHostResource host = Decode(message.VirtualHosts[i], settings, domains, errors);
                if (host.Name.Length > 0 && !names.Add(host.Name))
                    errors.Warning("name", $"'{host.Name}' names an earlier virtual host too: explanations cannot tell them apart");
                hosts.Add(host);
            }
        }

        if (message.IgnorePortInHostMatching && message.VhostHeader.Length > 0)
            errors.Error("vhost_header", "set beside ignore_port_in_host_matching; only one of them may be set");
        return new RouteConfigurationResource
        {
            Name = message.Name,
            VirtualHosts = hosts.ToValueList(),
            Headers = HeaderMutationsDecoder.Decode(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors),
            MostSpecificHeaderMutationsWins = message.MostSpecificHeaderMutationsWins,
            ValidateClusters = message.ValidateClusters,
            IgnorePortInHostMatching = message.IgnorePortInHostMatching,
            IgnorePathParametersInPathMatching = message.IgnorePathParametersInPathMatching,
            VhostHeader = message.VhostHeader.ToLowerInvariant(),
        };
    }

    private static VirtualClusterResource Decode(VirtualCluster message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.Headers.Count == 0)
            errors.Error("headers", "at least one is required");
        return new VirtualClusterResource(message.Name, RouteMatchDecoder.Decode(message.Headers, "headers", errors, HeaderMatcherDecoder.Decode));
    }

    private static VirtualHostResource Decode(VirtualHost message, RouteDecoderSettings settings, HashSet<string> domains, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.Domains.Count == 0)
            errors.Error("domains", "at least one is required; '*' stands for every host");
        for (int i = 0; i < message.Domains.Count; i++)
        {
            string domain = message.Domains[i];
            using (errors.At("domains", i))
            {
                if (domain.Length == 0)
                    errors.Error("must not be empty; '*' stands for every host");
                else if (domain.Length > 1 && domain.AsSpan(1, domain.Length - 2).Contains('*'))
                    errors.Error($"'{domain}': '*' is allowed at the start or at the end only");
                else if (domain.Length > 1 && domain[0] == '*' && domain[^1] == '*')
                    errors.Error($"'{domain}': '*' is allowed at the start or at the end, not at both");
                else if (!domains.Add(domain))
                    errors.Error($"'{domain}' stands in this route configuration already; a domain may lead to one virtual host only");
            }
        }

        if (message.RequireTls is < VirtualHost.Types.TlsRequirementType.None or > VirtualHost.Types.TlsRequirementType.All)
            errors.Error("require_tls", $"{(int)message.RequireTls} is not known; allowed are NONE, EXTERNAL_ONLY and ALL");

        var routes = new List<RouteResource>(message.Routes.Count);
        for (int i = 0; i < message.Routes.Count; i++)
        {
            using (errors.At("routes", i))
            {
                if (RouteDecoder.Decode(message.Routes[i], settings, errors) is { } route)
                    routes.Add(route);
            }
        }

        RetryPolicyResource? retry = null;
        if (message.RetryPolicy is not null)
        {
            using (errors.At("retry_policy"))
                retry = RetryPolicyDecoder.Decode(message.RetryPolicy, errors);
        }

        return new VirtualHostResource
        {
            Name = message.Name,
            Domains = message.Domains.ToValueList(),
            Routes = routes.ToValueList(),
            Headers = HeaderMutationsDecoder.Decode(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors),
            RetryPolicy = retry,
            RequireTls = (TlsRequirement)message.RequireTls,
            VirtualClusters = RouteMatchDecoder.Decode(message.VirtualClusters, "virtual_clusters", errors, Decode),
        };
    }
}
