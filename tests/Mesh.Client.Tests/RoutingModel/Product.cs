using Mesh.Calls;
using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The library's own route table, asked what it makes of a request, up to the message that would be sent.</summary>
internal sealed class Product
{
    private readonly RouteTable<Route> _table;

    public Product(RouteConfigurationResource resource)
    {
        var errors = new ErrorCollector();
        _table = RouteTableCompiler.Compile(resource, new Dictionary<string, int>(StringComparer.Ordinal), errors);
        Assert.False(errors.HasErrors, string.Join("; ", errors.Items));
    }

    public ModelAnswer Answer(ModelRequest request)
    {
        using var message = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        var view = new RequestView(request.Method, request.Scheme, request.Authority, request.Path, message.Headers, message.Content.Headers)
        {
            Random = request.Random,
        };
        if (_table.FindHost(view, out _) is not { } host)
            return new ModelAnswer();
        string connectionScheme = view.Find("x-forwarded-proto") ?? request.Scheme;
        if (host.RequireTls == TlsRequirement.All && connectionScheme != "https")
            return new ModelAnswer { Host = host.Name, Status = 301, Location = Redirect.ToHttps(view) };
        if (host.Match(view) is not { } route)
            return new ModelAnswer { Host = host.Name };
        var answer = new ModelAnswer { Host = host.Name, Route = Array.FindIndex(host.Routes, entry => entry.Route == route) };
        if (route.IsLocal)
            return answer with { Status = route.Redirect?.StatusCode ?? route.DirectResponse!.Status, Location = route.Redirect?.Location(view, connectionScheme) };

        RouteDestination destination = route.Choose(view, random: null);
        return answer with
        {
            Cluster = destination.ClusterHeader.Length == 0 ? destination.Name : view.Find(destination.ClusterHeader) ?? "",
            VirtualCluster = host.VirtualClusterOf(view),
            Path = route.RewritePath(view),
            Authority = route.RewriteHost(destination, view),
        };
    }
}
