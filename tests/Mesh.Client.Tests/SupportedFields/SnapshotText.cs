using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Mesh.Calls;
using Mesh.Identity;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Outliers;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Probing.Dns;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;
using Mesh.TestKit;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>
/// What a compiled snapshot does, as text: where a few requests go, what each route matches and changes, how each cluster is reached.
/// It asks the compiled objects, never the records they were made of, so a field that is read but not honoured leaves no trace.
/// </summary>
internal sealed class SnapshotText
{
    // Both are carried over whole from one snapshot to the next, and most changes leave most of them alone.
    private static readonly ConditionalWeakTable<Cluster, string> Clusters = [];
    private static readonly ConditionalWeakTable<Listener, string> Listeners = [];

    private readonly StringBuilder _text = new();

    private SnapshotText()
    {
    }

    public static string Of(MeshSnapshot snapshot)
    {
        var text = new SnapshotText();
        foreach (Listener listener in snapshot.Listeners.OrderBy(listener => listener.Name, StringComparer.Ordinal))
            text._text.Append(Listeners.GetValue(listener, Of));
        foreach (Cluster cluster in snapshot.Clusters.OfType<Cluster>().OrderBy(cluster => cluster.Name, StringComparer.Ordinal))
        {
            text._text.Append(Clusters.GetValue(cluster, Of));
            if (cluster.Aggregate is { } aggregate)
                text.Line($" of {string.Join(' ', aggregate.ClustersIn(snapshot).Select(each => each.Name))} in panic below {cluster.Resource.CommonLb?.HealthyPanicThreshold}");
        }

        foreach (HttpRequestMessage request in SampleRequests.All)
            text.Add(Explanation.Of(snapshot, request), request);
        return text._text.ToString();
    }

    private static string Of(Listener listener)
    {
        var text = new SnapshotText();
        text.Add(listener);
        return text._text.ToString();
    }

    private static string Of(Cluster cluster)
    {
        var text = new SnapshotText();
        text.Add(cluster);
        return text._text.ToString();
    }

    private void Add(Listener listener)
    {
        Line($"listener {listener.Name} {listener.Resource.Port} routes {listener.RouteConfiguration.Name} paths {listener.PathOf("/a//b/%41")} suppress {listener.Resource.SuppressEnvoyHeaders}");
        foreach (HttpRequestMessage request in SampleRequests.All)
            Line($" {request.RequestUri!.Authority}: {listener.Routes.FindHost(View(request), out string domain)?.Name} by {domain}");
        foreach (CallFilter filter in listener.Filters)
            Line($" filter {SampleFaults.Of(filter)} {SampleSessions.Of(filter)} {SampleLimits.Of(filter)}");
        foreach (VirtualHost<Route> host in listener.Routes.VirtualHosts)
        {
            Line($" host {host.Name}: {string.Join(' ', host.Domains)} tls {host.RequireTls}");
            Line($"  takes {string.Join(' ', SampleRequests.All.Select(request => host.Match(View(request))?.Name))}");
            Line($"  virtual clusters {string.Join(' ', SampleRequests.All.Select(request => host.VirtualClusterOf(View(request))))}");
            foreach (RouteEntry<Route> entry in host.Routes)
                Add(entry, listener);
        }
    }

    private void Add(RouteEntry<Route> entry, Listener listener)
    {
        Route route = entry.Route;
        Line($"  route {route.Name} {entry.Matcher} takes {string.Join(' ', SampleRequests.All.Select(request => entry.Matcher.Matches(View(request)) ? 1 : 0))}");
        RequestView[] taken = [.. SampleRequests.All.Select(View).Where(view => entry.Matcher.Matches(view))];
        Line($"   sends {string.Join(' ', taken.Select(view => route.RewritePath(view)))}");
        Line($"   answers {route.Redirect?.StatusCode} {string.Join(' ', taken.Select(view => route.Redirect?.Location(view, view.Scheme)))} {route.DirectResponse}");
        Line($"   not found {route.Action.ClusterNotFoundStatus} forwarded {route.Action.AppendForwardedHost}");
        Line($"   timeouts {route.Timeout(grpc: false, listener)} {route.Timeout(grpc: true, listener)}");
        Line($"   idle {route.Action.IdleTimeout ?? listener.Resource.StreamIdleTimeout ?? CallTimeout.DefaultStreamIdleTimeout}");
        Line($"   metadata {route.Host?.Metadata.Namespaces} {route.Metadata.Namespaces} hashes {string.Join(' ', taken.Select(view => HashOf(route, view)))}");
        Line($"   follows {route.Action.InternalRedirect}");
        Line($"   retries {string.Join(' ', SampleRequests.All.Select(request => route.Retry?.AppliesTo(View(request))))}");
        if (route.DirectResponse is not null)
            Line($"   body {string.Join(' ', taken.Select(view => Body(route, view)))}");
        Line($"   attempts told {route.Host?.IncludeRequestAttemptCount} {route.Host?.IncludeAttemptCountInResponse} high priority {route.Action.IsHighPriority}");
        Add(route.Retry);
        Line($"   hedges {Hedging.Applies(route.Retry, route.Action.HedgePolicy is { OnPerTryTimeout: true }, grpc: false)}");
        foreach (RouteDestination destination in route.Destinations)
        {
            Line($"   to {destination.Name} known {destination.Slot >= 0} weight {destination.Weight} as {destination.HostRewrite} {string.Join(' ', taken.Select(view => route.RewriteHost(destination, view)))}");
            Line($"    asks for {destination.Criteria} named by {destination.ClusterHeader} filters {string.Join(" ", destination.Filters.Select(filter => $"{filter} {SampleSessions.Of(filter)}"))}");
            using HttpRequestMessage request = SampleRequests.WithHeaders();
            using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
            SampleRequests.AddHeaders(response.Headers);
            destination.Headers?.ApplyToRequest(request.Headers, null, new FormatContext(View(SampleRequests.All[0])));
            destination.Headers?.ApplyToResponse(response, new FormatContext(View(SampleRequests.All[0])));
            Line($"    request {Show(request.Headers)}");
            Line($"    response {Show(response.Headers)}");
            foreach (Mirror mirror in destination.Mirrors)
                Add(mirror);
        }

        if (route.Destinations.Count == 0)
            return;
        Line($"   chosen {string.Join(' ', Enumerable.Range(0, 8).Select(seed => route.Choose(View(SampleRequests.All[0]), new Random(seed)).Name))}");
        Line($"   chosen {string.Join(' ', taken.Select(view => route.Choose(view, new Random(1)).Name))}");
    }

    /// <summary>With the cookies that are made on the way.</summary>
    private static string HashOf(Route route, RequestView view)
    {
        var inputs = new HashInputs { ChannelId = 7, Random = new Random(1) };
        return $"{route.HashOf(view, inputs)} {string.Join(", ", inputs.SetCookies ?? [])}";
    }

    private void Add(Mirror mirror)
    {
        using HttpRequestMessage request = SampleRequests.WithHeaders();
        mirror.Destination.Headers?.ApplyToRequest(request.Headers, null, new FormatContext(View(SampleRequests.All[0])));
        Line($"    copies {mirror.Policy.Fraction} to {mirror.Destination.Name} known {mirror.Destination.Slot >= 0} {mirror.Destination.ClusterHeader} as {mirror.AuthorityOf("h:1")} {Show(request.Headers)}");
    }

    private static string Body(Route route, RequestView view)
    {
        using var request = new HttpRequestMessage();
        using HttpResponseMessage answer = RouteAnswer.Of(route, request, view);
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        return $"{answer.Content.Headers.ContentType} {reader.ReadToEnd()}";
    }

    private void Add(RetryPolicy? retry)
    {
        if (retry is null)
            return;
        Line($"   retry {retry.NumRetries} per try {retry.PerTryTimeout} {retry.PerTryIdleTimeout} leaves priorities after {retry.LeavesPriorities}");
        Line($"    on {string.Join(' ', Enumerable.Range(100, 500).Where(retry.RetriesStatus))} grpc {string.Join(' ', Enumerable.Range(0, 17).Where(retry.RetriesGrpcStatus))}");
        Line($"    on {string.Join(' ', Enum.GetValues<AttemptFailure>().Where(failure => retry.RetriesFailure(failure, grpc: false, sent: true)))}");
        Line($"    after {string.Join(' ', Enumerable.Range(0, 8).Select(n => retry.Backoff.Next(n, new Random(1))))}");
        foreach (string metadata in new[] { "", """{"canary":true}""", """{"stage":"old"}""" })
            Line($"    goes back {retry.HostPredicates?.AcceptsEndpoint(metadata, wasTried: true)}, to {metadata} {retry.HostPredicates?.AcceptsEndpoint(metadata, wasTried: false)}");
        foreach (string value in new[] { "retry", "3", "6", "9", "1893456004" })
        {
            using var response = new HttpResponseMessage();
            foreach (string name in new[] { "x-retry", "retry-after", "x-reset" })
                response.Headers.TryAddWithoutValidation(name, value);
            Line($"    {value} retried {retry.RetriesResponse(new ResponseView(response), grpc: false)} after {retry.Backoff.ResetInterval(new ResponseView(response), new ManualTimeProvider())}");
        }
    }

    private void Add(Cluster cluster)
    {
        TransportSettings transport = cluster.Transport;
        Line($"cluster {cluster.Name} {transport.Protocol} plaintext {cluster.PlaintextAllowed} loads {cluster.Resource.LrsServerSelf} {cluster.ReportedMetrics}");
        Line($" connections {transport.ConnectTimeout} {transport.IdleTimeout} {transport.MaxConnectionDuration} {transport.MaxRequestsPerConnection} {transport.Preconnect} {transport.TcpKeepalive} {transport.Http2Keepalive} {transport.AddressOrder}");
        if (transport.Tls is { } tls)
            Add(tls);
        Line($" outliers {(cluster.State.Outliers as OutlierDetector)?.Settings}");
        Line($" requests {cluster.RequestLimit} connections {cluster.ConnectionLimit} {cluster.HighConnectionLimit} of each endpoint {cluster.EndpointConnectionLimit} {cluster.HighEndpointConnectionLimit} {cluster.Transport.MaxHttp2Connections}");
        foreach (bool high in new[] { false, true })
            Line($" retries {string.Join(' ', Enumerable.Range(0, 3).Select(n => RetryLimit.MostOf(cluster.Resource.CircuitBreakers, high, inFlight: 50 * n)))}");
        foreach (Endpoint endpoint in cluster.Endpoints)
            Line($" endpoint {endpoint.State.Address} {string.Join(' ', endpoint.State.AdditionalAddresses)} named {endpoint.Resource.HostName} {endpoint.Availability} {endpoint.Resource.Health} priority {endpoint.Priority} in {endpoint.Locality} weight {endpoint.Resource.Weight}");
        if (cluster.Resource.Dns is { } dns)
            Add(dns);
        foreach (HealthCheckResource check in cluster.Resource.HealthChecks)
            _text.Append(SampleChecks.Of(check, cluster));
        Line($" localities {string.Join(' ', cluster.Assignment.Localities.Select(locality => $"{locality.Locality} {locality.Weight}"))}");
        Line($" picks by {cluster.Resource.LoadBalancing} {cluster.Resource.CommonLb} {cluster.Resource.PriorityMode}");
        Line($" drops {string.Join(' ', cluster.Assignment.Drops)} overprovisioned {cluster.Assignment.OverprovisioningFactor} by weight {cluster.Assignment.WeightedPriorityHealth}");
        if (cluster.Resource.LoadBalancing is PickFirstResource)
            return;

        foreach (string asked in new[] { "", """{"stage":"one"}""", """{"stage":"one","hash_key":"key-20"}""", """{"stage":"none","hash_key":"key-20"}""", """{"hash_key":"key-30"}""" })
            Line($" subset {cluster.Picker.SubsetOf(MetadataCriteria.Of(asked))}");

        // As retries, which are not dropped by chance: all that a hash leads to in order, else all that is ever picked.
        var retry = new TriedEndpoints();
        IEnumerable<string?> picks = Enumerable.Range(0, 200).Select(i => cluster.Picker.Pick(new PickContext((ulong)i * 0x9E37_79B9_7F4A_7C15, retry)).Endpoint?.State.Address);

        // Which part of the endpoints a process keeps to is chance, and chosen anew with the cluster; how large it is, is not.
        bool byChance = cluster.Resource.LoadBalancing is RandomSubsettingResource;
        Line($" picks {(byChance ? picks.Distinct().Count() : string.Join(' ', cluster.UsesHash ? picks : picks.Distinct().Order()))}");
    }

    private void Add(DnsSettingsResource dns)
    {
        var schedule = new DnsSchedule(dns, new Random(1));
        Line($" names of {dns.LookupFamily} again after {schedule.AfterAnswer(null)} {schedule.AfterAnswer(TimeSpan.FromMinutes(1))}");
        Line($" names again after failures {string.Join(' ', Enumerable.Range(0, 8).Select(_ => schedule.AfterFailure()))}");
    }

    private void Add(TlsIdentity tls)
    {
        Line($" tls {tls.Sni} {tls.Protocols}");
        if (tls.Certificate is { } certificate)
            Line($"  certificate {certificate.TargetCertificate.Thumbprint} {string.Join(' ', certificate.IntermediateCertificates.Select(c => c.Thumbprint))}");
        Line($"  roots {(tls.Roots is null ? "system" : string.Join(' ', tls.Roots.Select(c => c.Thumbprint)))}");
        Line($"  names {(tls.SubjectAltNames is null ? "sent" : string.Join<SanMatcher>(", ", tls.SubjectAltNames))}");
    }

    private void Add(Explanation explanation, HttpRequestMessage request)
    {
        Line($"{request.Method} {request.RequestUri}: {explanation.Listener} {explanation.Host} {explanation.VirtualHost} {explanation.Route} {explanation.Action}");
        Line($" tried {string.Join("; ", explanation.Tried)}");
        Line($" to {explanation.Cluster} {string.Join(' ', explanation.Weights)} rewrites {string.Join(' ', explanation.Rewrites)} {explanation.Timeout}");
        Line($" headers {string.Join("; ", explanation.RequestHeaders)}");
    }

    private void Line(FormattableString text) => _text.AppendLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Show(HttpHeaders headers) =>
        string.Join("; ", headers.NonValidated.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {string.Join('|', header.Value)}"));

    // The random number lies on the border of the fractions of the base configuration.
    private static RequestView View(HttpRequestMessage request)
    {
        RequestView view = new RequestTarget(request).View(request, random: 0);
        return new RequestView(view.Method, view.Scheme, view.Authority, view.Path, request.Headers, request.Content?.Headers) { Random = 10_010, Attributes = SampleRequests.Attributes };
    }
}
