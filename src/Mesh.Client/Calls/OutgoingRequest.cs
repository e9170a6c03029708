using System.Globalization;
using System.Net.Http.Headers;
using Mesh.Policies.Headers;
using Mesh.Policies.Retries;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// The message of one attempt. Where nothing differs the first one is the caller's own; else a new one, made from the caller's headers
/// each time, so that no attempt inherits what another was given on its way (its <c>traceparent</c>).
/// </summary>
internal static class OutgoingRequest
{
    public static HttpRequestMessage Create(Call call, EndpointPool pool)
    {
        HttpRequestMessage request = call.Request;
        var protocol = ProtocolChoice.For(call, pool);
        string authority = call.Authority;
        string path = call.Path;
        TimeSpan? grpcTimeout = GrpcTimeout(call);
        string fixedAuthority = pool.FixedAuthority(authority);
        bool secure = pool.Settings.Tls is not null;
        bool isSentWhereItSays = secure == call.Target.IsSecure
            && !call.Target.IsNormalized
            && ReferenceEquals(path, call.Target.Path)
            && ReferenceEquals(authority, call.Target.Authority)
            && request.Headers.Host is null
            && authority == fixedAuthority;
        if (isSentWhereItSays
            && call.Redirects is null
            && !call.IsHedged
            && call.HeaderChanges is null
            && call.Destination.Headers is null
            && call.Body is null
            && call.Attempts == 1
            && call.Retries.OwnHeaders is null
            && !AttemptCount.IsTold(call)
            && call.Inbound is null
            && !ConsumesHeaders(call)
            && grpcTimeout is null
            && protocol.Covers(request)
            && !WouldBeResent(request))
        {
            call.Retries.OwnHeaders = request.Headers.NonValidated.Count;
            return request;
        }

        // The caller's own URL is read already; another would have to be read anew by the runtime.
        Uri url = isSentWhereItSays ? request.RequestUri! : Url($"{pool.Scheme}://{fixedAuthority}{path}");
        return Copy(call, protocol, url, path, authority == fixedAuthority ? null : authority, grpcTimeout);
    }

    private static Uri Url(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static HttpRequestMessage Copy(Call call, ProtocolChoice protocol, Uri url, string path, string? host, TimeSpan? grpcTimeout)
    {
        HttpRequestMessage request = call.Request;
        var copy = new HttpRequestMessage(request.Method, url)
        {
            Version = protocol.Version,
            VersionPolicy = protocol.Policy,
            Content = Content(call),
        };
        request.Headers.CopyTo(copy.Headers, except: "Host", first: call.Retries.OwnHeaders ?? int.MaxValue);
        copy.Headers.Protocol = request.Headers.Protocol;
        foreach (var (name, value) in call.HeaderChanges ?? [])
        {
            copy.Headers.NonValidatedRemove(name);
            if (value is not null)
                copy.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (key, value) in (IDictionary<string, object?>)request.Options)
            ((IDictionary<string, object?>)copy.Options)[key] = value;
        if (ConsumesHeaders(call))
            RetryRequestHeaders.RemoveFrom(copy.Headers);
        AttemptCount.AddToRequest(copy.Headers, call);
        if (call is { IsGrpc: false, Inbound.Remaining: not null, Timeout: not null })
            AddExpectedTimeout(copy.Headers, call);
        call.Destination.Headers?.ApplyToRequest(copy.Headers, copy.Content?.Headers, call.Format(response: null));
        AddOriginals(copy.Headers, path, call.Authority, call.Target.Path, call.Target.Authority, call.Route.Action, call.Listener.Resource.SuppressEnvoyHeaders);
        if (host is not null)
            copy.Headers.Host = host;
        if (grpcTimeout is { } timeout)
        {
            copy.Headers.Remove("grpc-timeout");
            copy.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeoutHeader.Format(timeout));
        }

        return copy;
    }

    /// <summary>
    /// What was rewritten is told to the server: <c>x-envoy-original-path</c>, <c>x-envoy-original-host</c>, and <c>x-forwarded-host</c> where
    /// <c>append_x_forwarded_host</c> asks for it.
    /// </summary>
    internal static void AddOriginals(
        HttpHeaders headers, string path, string authority, string originalPath, string originalAuthority, RouteActionResource action, bool suppressEnvoyHeaders)
    {
        if (!ReferenceEquals(path, originalPath) && !suppressEnvoyHeaders)
        {
            headers.NonValidatedRemove("x-envoy-original-path");
            headers.TryAddWithoutValidation("x-envoy-original-path", originalPath);
        }

        if (ReferenceEquals(authority, originalAuthority))
            return;
        if (!suppressEnvoyHeaders)
        {
            headers.NonValidatedRemove("x-envoy-original-host");
            headers.TryAddWithoutValidation("x-envoy-original-host", originalAuthority);
        }

        if (action.AppendForwardedHost)
            headers.TryAddWithoutValidation("x-forwarded-host", originalAuthority);
    }

    /// <summary>Tells the next hop how long it is waited for, as Envoy does; a gRPC call says so in <c>grpc-timeout</c>.</summary>
    private static void AddExpectedTimeout(HttpHeaders headers, Call call)
    {
        const string Header = "x-envoy-expected-rq-timeout-ms";
        headers.NonValidatedRemove(Header);
        headers.TryAddWithoutValidation(Header, ((long)Math.Max((call.Remaining ?? call.Timeout!.Value).TotalMilliseconds, 1)).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the caller's <c>x-envoy-*</c> headers were for the mesh, and are not sent on.</summary>
    private static bool ConsumesHeaders(Call call) => call.Engine.Settings.TrustEnvoyHeaders && RetryRequestHeaders.AreIn(call.Request.Headers);

    private static HttpContent? Content(Call call)
    {
        HttpContent? content = call.Body ?? call.Request.Content;
        if (content is null)
            return WouldBeResent(call.Request) ? new ByteArrayContent([]) : null;
        return call.Destination.Headers is null ? content : new ContentView(content);
    }

    /// <summary>
    /// What the server must be told of the deadline, when the caller's own header does not say it: on a later attempt what is left, and
    /// on the first a limit of the route's (gRFC A31).
    /// </summary>
    private static TimeSpan? GrpcTimeout(Call call)
    {
        if (!call.IsGrpc || call.Timeout is null)
            return null;
        return call.Attempts > 1 || call.TimeoutIsRoutes ? call.Remaining : null;
    }

    /// <summary>
    /// The runtime sends a bodyless request again when a kept connection dies before a byte of the response. That is not for us to
    /// allow where a second arrival could do harm (RFC 9110, 9.2.2); empty content keeps it from doing so.
    /// </summary>
    private static bool WouldBeResent(HttpRequestMessage request) =>
        request.Content is null && (request.Method == HttpMethod.Post || request.Method == HttpMethod.Patch || !IsStandard(request.Method));

    private static bool IsStandard(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Put || method == HttpMethod.Delete
        || method == HttpMethod.Options || method == HttpMethod.Trace || method == HttpMethod.Connect;
}
