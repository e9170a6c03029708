using System.Net;
using Mesh.Endpoints;
using Mesh.Matching;
using Mesh.Policies.Headers;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Transport;

namespace Mesh.Probing.Checks;

/// <summary><c>HealthCheck.HttpHealthCheck</c>.</summary>
internal sealed class HttpProbe : Probe
{
    /// <summary>On an answer of any kind: the endpoint fails its checks at once.</summary>
    public const string ImmediateFail = "x-envoy-immediate-health-check-fail";

    private const string DegradedHeader = "x-envoy-degraded";
    private const string CheckedCluster = "x-envoy-upstream-healthchecked-cluster";

    private readonly HttpHealthCheckResource _check;
    private readonly byte[][] _receive;
    private readonly HeaderMutator? _headers;
    private readonly StringMatcher? _serviceName;
    private OpenConnections? _connections;
    private HttpMessageInvoker? _invoker;

    public HttpProbe(HttpHealthCheckResource check, ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider)
        : base(target, endpoint, timeProvider)
    {
        _check = check;
        _receive = Blocks(check.Receive);
        _headers = HeaderMutator.Create([check.Headers], mostSpecificWins: false);
        _serviceName = check.ServiceName is { } name ? new StringMatcher(name) : null;
    }

    /// <summary>The request of a check.</summary>
    public HttpRequestMessage CreateRequest()
    {
        var url = new Uri($"{Target.Scheme}://endpoint{_check.Path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(_check.Method), url)
        {
            Version = _check.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        _headers?.ApplyToRequest(request.Headers, null, new FormatContext(new RequestView(_check.Method, Target.Scheme, Target.Authority, _check.Path, request.Headers, null)));
        request.Headers.Host = Target.Authority;
        return request;
    }

    /// <summary>What an answer means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="isFound">Whether its body holds what it must.</param>
    public CheckOutcome Judge(HttpResponseMessage response, bool isFound)
    {
        int status = (int)response.StatusCode;
        bool excluded = response.Headers.NonValidated.Contains(ImmediateFail);
        if (_check.ExpectedStatuses.Count == 0 ? status != (int)HttpStatusCode.OK : !Holds(_check.ExpectedStatuses, status))
            return new CheckOutcome(Holds(_check.RetriableStatuses, status) ? CheckResult.FailedRetriably : CheckResult.Failed, $"it answered HTTP status {status}", excluded);
        if (!isFound)
            return new CheckOutcome(CheckResult.Failed, "its answer does not hold what it must (receive)", excluded);
        if (_serviceName is not null)
        {
            string name = response.Headers.NonValidated.TryGetValues(CheckedCluster, out var values) ? values.ToString() : "";
            if (!_serviceName.Matches(name))
                return new CheckOutcome(CheckResult.Failed, $"it answered for service '{name}' (service_name_matcher)");
        }

        return new CheckOutcome(response.Headers.NonValidated.Contains(DegradedHeader) ? CheckResult.Degraded : CheckResult.Passed);
    }

    /// <summary>Whether a body holds what it must, as far as it is looked at.</summary>
    public async Task<bool> SearchAsync(Stream body, CancellationToken cancellationToken)
    {
        var search = new PayloadSearch(_receive);
        ulong left = _check.ResponseBufferSize == 0 ? ulong.MaxValue : _check.ResponseBufferSize;
        byte[] buffer = new byte[4096];
        while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            int seen = (int)Math.Min(left, (ulong)count);
            search.Add(buffer.AsSpan(0, seen));
            left -= (ulong)seen;
        }

        return search.IsFound;
    }

    protected override async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await Invoker().SendAsync(request, cancellationToken).ConfigureAwait(false);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
            return Judge(response, await SearchAsync(body, cancellationToken).ConfigureAwait(false));
    }

    protected override void Disconnect()
    {
        _invoker?.Dispose();
        _connections?.Close();
        _invoker = null;
    }

    private HttpMessageInvoker Invoker()
    {
        if (_invoker is { } known)
            return known;
        _connections = new OpenConnections();
        return _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Target.Transport.MaxConnectionDuration,
            ConnectCallback = Connector(_connections).ConnectAsync,
        });
    }

    private static bool Holds(ValueList<StatusRangeResource> ranges, int status)
    {
        foreach (StatusRangeResource range in ranges)
        {
            if (status >= range.Start && status < range.End)
                return true;
        }

        return false;
    }
}
