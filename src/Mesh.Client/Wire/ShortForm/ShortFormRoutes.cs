using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;

namespace Mesh.Wire.ShortForm;

/// <summary>The routes of a service: <c>routes</c> in their order, then what the service itself says for every other request.</summary>
internal sealed class ShortFormRoutes(string service, IReadOnlySet<string> versions, bool hasEndpoints, ErrorCollector errors)
{
    /// <summary>What is retried when only a number is given: failures after which nothing can have happened, and gRPC's UNAVAILABLE.</summary>
    private const string DefaultRetryOn = "connect-failure,refused-stream,unavailable";

    public List<Route> Read(ShortFormObject from)
    {
        var routes = new List<Route>();
        if (from.Find("routes") is { } list)
        {
            using (errors.At("routes"))
                Read(list, routes);
        }

        TimeSpan? timeout = from.Duration("timeout"), idle = from.Duration("idle_timeout");
        RouteAction? rest = Destination(from, required: routes.Count == 0);
        if (rest is not null)
            routes.Add(new Route { Name = $"{service}-default", Match = new RouteMatch { Prefix = "/" }, Route_ = rest });
        foreach (Route route in routes)
        {
            route.Route_.Timeout ??= ToDuration(timeout);
            route.Route_.IdleTimeout ??= ToDuration(idle);
        }

        return routes;
    }

    /// <summary>What <c>retry.hedge_after</c> makes; null where it is not set.</summary>
    public HedgePolicy? Hedge { get; private set; }

    /// <summary><c>retry</c>: a number, or an object with <c>retries</c>, <c>on</c>, <c>per_try_timeout</c>, <c>hedge_after</c>, <c>status_codes</c> and <c>backoff</c>.</summary>
    public RetryPolicy? Retry(ShortFormObject from)
    {
        if (from.Find("retry") is not { } element)
            return null;
        if (element.ValueKind != JsonValueKind.Object)
            return from.Number("retry", 100) is { } number ? new RetryPolicy { NumRetries = number, RetryOn = DefaultRetryOn } : null;
        using (errors.At("retry"))
        {
            ShortFormObject retry = ShortFormObject.Read(element, errors)!;
            var policy = new RetryPolicy { NumRetries = retry.Number("retries", 100) ?? 1, PerTryTimeout = ToDuration(retry.Duration("per_try_timeout")) };
            if (retry.Duration("hedge_after") is { } hedge)
            {
                if (policy.PerTryTimeout is not null)
                    errors.Error("hedge_after", "set beside per_try_timeout; a hedged attempt goes on, so only one of them may be set");
                if (hedge <= TimeSpan.Zero)
                    errors.Error("hedge_after", "must be more than 0s");
                policy.PerTryTimeout = Duration.FromTimeSpan(hedge);
                Hedge = new HedgePolicy { HedgeOnPerTryTimeout = true };
            }

            IReadOnlyList<string> on = retry.Texts("on");
            policy.RetryOn = on.Count > 0 ? string.Join(',', on) : DefaultRetryOn;
            foreach (string condition in on.SelectMany(o => o.Split(',', StringSplitOptions.TrimEntries)))
            {
                if (RetryConditionNames.Parse(condition) is null)
                    errors.Error("on", $"'{condition}' is not known; allowed are {string.Join(", ", RetryConditionNames.All.Select(c => c.Name))}");
            }

            foreach (string code in retry.Texts("status_codes"))
            {
                if (uint.TryParse(code, out uint status) && status is >= 100 and <= 599)
                    policy.RetriableStatusCodes.Add(status);
                else
                    errors.Error("status_codes", $"'{code}' is no HTTP status");
            }

            if (policy.RetriableStatusCodes.Count > 0)
                policy.RetryOn += ",retriable-status-codes";
            if (retry.Duration("backoff") is { } backoff)
            {
                if (backoff > TimeSpan.Zero)
                    policy.RetryBackOff = new() { BaseInterval = Duration.FromTimeSpan(backoff) };
                else
                    errors.Error("backoff", "must be more than 0s");
            }

            retry.ReportUnknown();
            return policy;
        }
    }

    private void Read(JsonElement list, List<Route> routes)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            errors.Error($"expected a list, found {ShortFormObject.Describe(list)}");
            return;
        }

        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            using (errors.At("", i))
            {
                if (ShortFormObject.Read(item, errors) is { } route && Read(route, i) is { } read)
                    routes.Add(read);
            }

            i++;
        }
    }

    private Route? Read(ShortFormObject from, int index)
    {
        var route = new Route { Name = from.Text("name") ?? $"{service}-{index}", Match = new RouteMatch() };
        string? path = from.Text("path"), prefix = from.Text("prefix");
        if (path is not null && prefix is not null)
            errors.Error("prefix", "set beside path; only one of them may be set");
        if ((path ?? prefix) is { } start && !start.StartsWith('/'))
            errors.Error(path is not null ? "path" : "prefix", $"'{start}' can match no request; a path starts with '/'");
        if (path is not null)
            route.Match.Path = path;
        else
            route.Match.Prefix = prefix ?? "/";
        if (from.Text("method") is { } method)
            route.Match.Headers.Add(new HeaderMatcher { Name = ":method", StringMatch = new StringMatcher { Exact = method.ToUpperInvariant() } });
        ReadHeaders(from, route.Match);

        RouteAction? destination = Destination(from, required: true);
        RouteAction action = destination ?? new RouteAction();
        action.Timeout = ToDuration(from.Duration("timeout"));
        action.IdleTimeout = ToDuration(from.Duration("idle_timeout"));
        action.RetryPolicy = Retry(from);
        if (from.Find("rewrite") is { } element)
        {
            using (errors.At("rewrite"))
            {
                if (ShortFormObject.Read(element, errors) is { } rewrite)
                {
                    action.PrefixRewrite = rewrite.Text("prefix") ?? "";
                    if (action.PrefixRewrite.Length > 0 && action.PrefixRewrite[0] != '/')
                        errors.Error("prefix", $"'{action.PrefixRewrite}' makes no path; one starts with '/'");
                    if (rewrite.Text("host") is { } host)
                        action.HostRewriteLiteral = host;
                    rewrite.ReportUnknown();
                }
            }
        }

        ShortFormHeaders.Read(from, "request_headers", route.RequestHeadersToAdd, route.RequestHeadersToRemove, errors);
        ShortFormHeaders.Read(from, "response_headers", route.ResponseHeadersToAdd, route.ResponseHeadersToRemove, errors);
        from.ReportUnknown();
        route.Route_ = action;
        return destination is null ? null : route;
    }

    private void ReadHeaders(ShortFormObject from, RouteMatch match)
    {
        if (from.Find("headers") is not { } headers)
            return;
        using (errors.At("headers"))
        {
            if (ShortFormObject.Read(headers, errors) is not { } all)
                return;
            foreach (JsonProperty header in headers.EnumerateObject())
            {
                using (errors.At(header.Name))
                {
                    var matcher = new HeaderMatcher { Name = header.Name };
                    if (header.Value.ValueKind != JsonValueKind.Object)
                    {
                        if (all.Scalar(header.Value) is { } exact)
                            matcher.StringMatch = new StringMatcher { Exact = exact };
                    }
                    else
                    {
                        ReadMatcher(ShortFormObject.Read(header.Value, errors)!, matcher);
                    }

                    match.Headers.Add(matcher);
                }
            }
        }
    }

    private void ReadMatcher(ShortFormObject from, HeaderMatcher matcher)
    {
        string? exact = from.Text("exact"), prefix = from.Text("prefix"), suffix = from.Text("suffix"), contains = from.Text("contains");
        bool present = from.Find("present") is not null;
        if (exact is null && prefix is null && suffix is null && contains is null && !present)
            errors.Error("says nothing to match; write exact, prefix, suffix, contains or present");
        if (new[] { exact is not null, prefix is not null, suffix is not null, contains is not null, present }.Count(set => set) > 1)
            errors.Error("only one of exact, prefix, suffix, contains and present may be set");
        if (present)
            matcher.PresentMatch = from.Flag("present");
        else if (exact is not null)
            matcher.StringMatch = new StringMatcher { Exact = exact };
        else if (prefix is not null)
            matcher.StringMatch = new StringMatcher { Prefix = prefix };
        else if (suffix is not null)
            matcher.StringMatch = new StringMatcher { Suffix = suffix };
        else if (contains is not null)
            matcher.StringMatch = new StringMatcher { Contains = contains };
        matcher.InvertMatch = from.Flag("not");
        from.ReportUnknown();
    }

    /// <summary>Where requests go: <c>to</c> one cluster, or a <c>split</c> by weights, else the service's own endpoints.</summary>
    private RouteAction? Destination(ShortFormObject from, bool required)
    {
        string? to = from.Text("to");
        JsonElement? split = from.Find("split");
        if (to is not null && split is not null)
            errors.Error("split", "set beside to; only one of them may be set");
        if (to is not null)
            return new RouteAction { Cluster = ClusterOf(to) };
        if (split is { } weights)
        {
            using (errors.At("split"))
                return Split(weights);
        }

        if (hasEndpoints)
            return new RouteAction { Cluster = service };
        if (required)
            errors.Error("needs endpoints, or versions with to or split, to say where requests go");
        return null;
    }

    private RouteAction? Split(JsonElement weights)
    {
        if (ShortFormObject.Read(weights, errors) is not { } split)
            return null;
        var action = new RouteAction { WeightedClusters = new WeightedCluster() };
        ulong total = 0;
        foreach (JsonProperty share in weights.EnumerateObject())
        {
            if (split.Number(share.Name, uint.MaxValue) is not { } weight)
                continue;
            total += weight;
            action.WeightedClusters.Clusters.Add(new WeightedCluster.Types.ClusterWeight { Name = ClusterOf(share.Name), Weight = weight });
        }

        if (total == 0)
            errors.Error("the weights add up to 0; at least one must be more");
        return action;
    }

    /// <summary>A version of this service, else a cluster by its full name.</summary>
    private string ClusterOf(string name) => versions.Contains(name) ? $"{service}/{name}" : name;

    private static Duration? ToDuration(TimeSpan? value) => value is { } span ? Duration.FromTimeSpan(span) : null;
}
