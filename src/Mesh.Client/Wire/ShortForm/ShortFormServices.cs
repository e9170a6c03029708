using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.ShortForm;

/// <summary>
/// The short form: <c>services</c> by name, with endpoints, versions, splits and routes, for people to write. It becomes the same
/// messages as everything else and passes the same decoder: a virtual host a service, a cluster for it or for each of its versions,
/// and one API listener for them all. The services of several documents of one source are one set.
/// </summary>
internal sealed class ShortFormServices
{
    /// <summary>The name of the listener and of its route configuration.</summary>
    public const string Name = "mesh";

    private readonly RouteConfiguration _routes = new() { Name = Name };
    private readonly Dictionary<string, ResourceOrigin> _services = new(StringComparer.Ordinal);

    /// <summary>Reads the object under <c>services</c>.</summary>
    public void Add(JsonElement services, ResourceSet into, string? file, string baseDirectory, ErrorCollector errors)
    {
        if (services.ValueKind != JsonValueKind.Object)
        {
            errors.Error($"expected an object of services by name, found {ShortFormObject.Describe(services)}");
            return;
        }

        foreach (JsonProperty service in services.EnumerateObject())
        {
            using (errors.At(service.Name))
                Add(service, into, file, baseDirectory, errors);
        }
    }

    /// <summary>Makes the listener and the route configuration of all services read; none when there were none.</summary>
    public void Complete(ResourceSet into, ErrorCollector errors)
    {
        if (_services.Count == 0)
            return;
        var manager = new HttpConnectionManager
        {
            Rds = new Rds { RouteConfigName = Name, ConfigSource = new ConfigSource { Self = new SelfConfigSource() } },
            HttpFilters = { new HttpFilter { Name = "router", TypedConfig = Any.Pack(new Router()) } },
        };
        var listener = new Listener { Name = Name, ApiListener = new ApiListener { ApiListener_ = Any.Pack(manager) } };
        var decoder = new ResourceDecoder(into, errors);
        decoder.Decode(Listener.Descriptor.FullName, listener.ToByteArray());
        decoder.Decode(RouteConfiguration.Descriptor.FullName, _routes.ToByteArray());
    }

    private void Add(JsonProperty service, ResourceSet into, string? file, string baseDirectory, ErrorCollector errors)
    {
        var origin = new ResourceOrigin(file, errors.DocumentPath);
        if (!_services.TryAdd(service.Name, origin))
        {
            errors.Error($"service '{service.Name}' stands in {_services[service.Name].File ?? "this text"} already; names must be unique");
            return;
        }

        int before = errors.ErrorCount;
        var reader = new ShortFormService(service.Name, errors);
        VirtualHost? host = reader.Read(service.Value);
        if (host is null || errors.ErrorCount > before)
        {
            into.Refused.Add($"Cluster '{service.Name}'");
            foreach (Protos.Envoy.Config.Cluster.V3.Cluster cluster in reader.Clusters)
                into.Refused.Add($"Cluster '{cluster.Name}'");
            return;
        }

        into.Origins.TryAdd($"RouteConfiguration '{Name}': virtual_hosts[{_routes.VirtualHosts.Count}]", origin);
        _routes.VirtualHosts.Add(host);
        var decoder = new ResourceDecoder(into, errors) { File = file, Settings = new DecoderSettings { BaseDirectory = baseDirectory } };
        foreach (Protos.Envoy.Config.Cluster.V3.Cluster cluster in reader.Clusters)
            decoder.Decode(Protos.Envoy.Config.Cluster.V3.Cluster.Descriptor.FullName, cluster.ToByteArray());
    }
}
