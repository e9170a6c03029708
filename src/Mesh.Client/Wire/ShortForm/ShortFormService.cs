using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.ShortForm;

/// <summary>One service of the short form: a virtual host, and a cluster for it or for each of its versions.</summary>
internal sealed class ShortFormService(string name, ErrorCollector errors)
{
    private readonly HashSet<string> _versions = new(StringComparer.Ordinal);

    /// <summary>The clusters read.</summary>
    public List<Cluster> Clusters { get; } = [];

    public VirtualHost? Read(JsonElement element)
    {
        if (ShortFormObject.Read(element, errors) is not { } service)
            return null;

        var host = new VirtualHost { Name = name };
        IReadOnlyList<string> hosts = service.Texts("hosts");
        host.Domains.Add(hosts.Count > 0 ? hosts : [name, $"{name}:*"]);

        bool hasEndpoints = service.Find("endpoints") is not null;
        ShortFormCluster defaults = ShortFormCluster.Read(service, name, errors);
        if (hasEndpoints)
            Clusters.Add(defaults.ToCluster(name));
        ReadVersions(service, defaults);

        var routes = new ShortFormRoutes(name, _versions, hasEndpoints, errors);
        host.Routes.Add(routes.Read(service));
        if (routes.Retry(service) is { } retry)
            host.RetryPolicy = retry;
        host.HedgePolicy = routes.Hedge;
        service.ReportUnknown();
        return host;
    }

    private void ReadVersions(ShortFormObject service, ShortFormCluster defaults)
    {
        if (service.Find("versions") is not { } versions)
            return;
        using (errors.At("versions"))
        {
            if (versions.ValueKind != JsonValueKind.Object)
            {
                errors.Error($"expected an object of versions by name, found {ShortFormObject.Describe(versions)}");
                return;
            }

            foreach (JsonProperty version in versions.EnumerateObject())
            {
                using (errors.At(version.Name))
                {
                    if (!_versions.Add(version.Name))
                        errors.Error("stands twice");
                    else if (ShortFormObject.Read(version.Value, errors) is { } own)
                    {
                        if (own.Find("endpoints") is null)
                            errors.Error("endpoints", "required: a list as [127.0.0.1:5001]; [] for none yet");
                        Clusters.Add(ShortFormCluster.Read(own, name, errors).Over(defaults).ToCluster($"{name}/{version.Name}"));
                        own.ReportUnknown();
                    }
                }
            }
        }
    }
}
