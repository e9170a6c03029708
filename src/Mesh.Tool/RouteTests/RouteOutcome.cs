using System.Net;
using System.Net.Http.Headers;
using Mesh.Calls;
using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Tool.RouteTests;

/// <summary>What becomes of a request: the decisions of a call, on the library's own route table, up to the message that would be sent.</summary>
internal sealed class RouteOutcome
{
    /// <summary>Of a request that no listener serves.</summary>
    public static readonly RouteOutcome None = new();

    public VirtualHost<Route>? Host { get; private init; }

    public Route? Route { get; private init; }

    public RouteDestination? Destination { get; private init; }

    /// <summary>The chosen cluster's name; empty when the request is not forwarded, or nothing names one.</summary>
    public string Cluster { get; private init; } = "";

    public string? VirtualCluster { get; private init; }

    /// <summary>The location of a redirect.</summary>
    public string? Location { get; private init; }

    public int? Status { get; private init; }

    public string Path { get; private init; } = "";

    public string Authority { get; private init; } = "";

    public HttpRequestMessage Sent { get; private init; } = new();

    public HttpResponseMessage Received { get; private init; } = new();

    public string? Body { get; private init; }

    public string Method { get; private init; } = "";

    public static RouteOutcome Of(RouteTable<Route> table, RouteRequest request, bool isExternal = false)
    {
        HttpRequestMessage sent = Message(request);
        var view = new RequestView(request.Method, request.Scheme, request.Authority, request.Path, sent.Headers, sent.Content!.Headers)
        {
            Random = request.RandomValue,
            Attributes = request.Attributes,
        };
        if (table.FindHost(view, out _) is not { } host)
            return new RouteOutcome();
        // What came over the connection is what a proxy in front noted, where one did.
        string connectionScheme = view.Find("x-forwarded-proto") ?? request.Scheme;
        if (connectionScheme != "https" && (host.RequireTls == TlsRequirement.All || (host.RequireTls == TlsRequirement.ExternalOnly && isExternal)))
            return new RouteOutcome { Host = host, Location = Redirect.ToHttps(view), Status = 301 };
        if (host.Match(view) is not { } route)
            return new RouteOutcome { Host = host };
        HttpResponseMessage received = Response(request);
        if (route.IsLocal)
            return Local(host, route, view, connectionScheme);

        RouteDestination destination = route.Choose(view, random: null);
        string path = route.RewritePath(view, destination), authority = route.RewriteHost(destination, view);
        string? virtualCluster = host.VirtualClusterOf(view);
        string cluster = destination.ClusterHeader.Length == 0 ? destination.Name : view.Find(destination.ClusterHeader) ?? "";
        FormatContext context = route.Context(view) with { Cluster = cluster };
        destination.Headers?.ApplyToRequest(sent.Headers, sent.Content.Headers, context);
        OutgoingRequest.AddOriginals(sent.Headers, path, authority, view.Path, view.Authority, route.Action, !request.InsertEnvoyOriginalPath);
        destination.Headers?.ApplyToResponse(received, context);
        return new RouteOutcome
        {
            Host = host,
            Route = route,
            Destination = destination,
            Cluster = cluster,
            VirtualCluster = virtualCluster,
            Path = path,
            Method = request.Method,
            Authority = authority,
            Sent = sent,
            Received = received,
        };
    }

    private static RouteOutcome Local(VirtualHost<Route> host, Route route, in RequestView view, string connectionScheme)
    {
        HttpResponseMessage received = RouteAnswer.Of(route, new HttpRequestMessage(), view);
        if (route.DirectResponse is not null)
            _ = received.Content.Headers.ContentLength;
        using var body = new StreamReader(received.Content.ReadAsStream());
        return new RouteOutcome
        {
            Host = host,
            Route = route,
            Location = route.Redirect?.Location(view, connectionScheme),
            Status = route.Redirect?.StatusCode ?? route.DirectResponse!.Status,
            Body = route.DirectResponse is null ? null : body.ReadToEnd(),
            Received = received,
        };
    }

    private static HttpRequestMessage Message(RouteRequest request)
    {
        var message = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        Add(request.Headers, message.Headers, message.Content.Headers);
        return message;
    }

    private static HttpResponseMessage Response(RouteRequest request)
    {
        var message = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        Add(request.ResponseHeaders, message.Headers, message.Content.Headers);
        return message;
    }

    private static void Add(IEnumerable<KeyValuePair<string, string>> headers, HttpHeaders to, HttpContentHeaders content)
    {
        // Several lines of a header are one line with commas to a matcher.
        foreach (var (name, value) in headers.GroupBy(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)
            .Select(group => KeyValuePair.Create(group.Key, string.Join(group.Key.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ",", group))))
        {
            if (!to.TryAddWithoutValidation(name, value))
                content.TryAddWithoutValidation(name, value);
        }
    }
}
