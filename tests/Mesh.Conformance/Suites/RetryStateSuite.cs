using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Envoy's own tests of its retry state, and of the lists of conditions: what is retried, when, and what a cluster's limit allows.</summary>
internal static class RetryStateSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder, "parse-retry-on.json"))
            yield return CaseResult.Of(name, ParseFailures(each));
        foreach (var (name, each) in StrictCases.Read(folder))
            yield return CaseResult.Of(name, StateFailures(each));
    }

    private static List<string> ParseFailures(StrictJson each)
    {
        bool grpc = each.Text("kind") switch
        {
            "retry-on" => false,
            "retry-grpc-on" => true,
            var other => throw new CaseFormatException($"unknown kind '{other}'"),
        };
        RetryConditions found = RetryConditionNames.ParseList(each.Text("value"), grpc, out bool allValid);
        string names = string.Join(',', RetryConditionNames.All.Where(known => (found & known.Condition) != 0).Select(known => known.Name).Order(StringComparer.Ordinal));
        string expected = string.Join(',', each.Find("flags")!.Value.EnumerateArray().Select(flag => flag.GetString()!).Order(StringComparer.Ordinal));
        bool expectedValid = each.Find("allValid")!.Value.GetBoolean();
        each.Complete();
        return [Differs("flags", expected, names), Differs("allValid", expectedValid, allValid)];
    }

    private static List<string> StateFailures(StrictJson each)
    {
        var failures = new List<string>();
        RetryPolicyResource? configured = Policy(each.Object("policy")!, failures);
        RequestView request = Request(each.Objects("requestHeaders"));
        RetryPolicyResource? merged = RetryRequestHeaders.Merge(configured, request);
        bool retries = merged is { RetryOn: not RetryConditions.None } && new RetryPolicy(merged).For(request) is not null;
        if (each.Find("enabled") is { } enabled)
            failures.Add(Differs("enabled", enabled.GetBoolean(), retries));
        if (each.Find("noState")?.GetBoolean() == true)
            failures.Add(Differs("noState", true, merged is not { RetryOn: not RetryConditions.None }));

        var steps = new RetrySteps(merged ?? new RetryPolicyResource(), Thresholds(each.Object("circuitBreakers")), each.Find("nowUnixSeconds")?.GetInt64() ?? 0);
        foreach (StrictJson step in each.Objects("steps"))
            failures.AddRange(steps.Run(step));
        each.Complete();
        return failures;
    }

    /// <summary>The policy of a case as the library reads its own: the names are the proto's, but for intervals in milliseconds.</summary>
    private static RetryPolicyResource? Policy(StrictJson policy, List<string> failures)
    {
        var message = new JsonObject();
        foreach (string same in new[] { "retryOn", "numRetries", "retriableStatusCodes", "retriableHeaders", "retriableRequestHeaders" })
        {
            if (policy.Find(same) is { } value)
                message[same] = JsonNode.Parse(value.GetRawText());
        }

        if (policy.Object("retryBackOff") is { } backOff)
        {
            message["retryBackOff"] = new JsonObject();
            Copy(backOff, "baseInterval", (JsonObject)message["retryBackOff"]!);
            Copy(backOff, "maxInterval", (JsonObject)message["retryBackOff"]!);
            backOff.Complete();
        }

        if (policy.Object("rateLimitedRetryBackOff") is { } rateLimited)
        {
            var inner = new JsonObject { ["resetHeaders"] = JsonNode.Parse(rateLimited.Find("resetHeaders")!.Value.GetRawText()) };
            Copy(rateLimited, "maxInterval", inner);
            message["rateLimitedRetryBackOff"] = inner;
            rateLimited.Complete();
        }

        policy.Complete();
        JsonObject table = HeaderMatchSuite.OneRoute(new JsonObject { ["prefix"] = "/" });
        table["virtualHosts"]![0]!["routes"]![0]!["route"]!["retryPolicy"] = message;
        var loaded = RouteTables.Load(table);
        if (loaded.Table is not null)
            return loaded.Table.VirtualHosts[0].Routes[0].Route.Action.RetryPolicy;
        failures.Add($"refused: {loaded.Errors[0]}");
        return null;
    }

    private static void Copy(StrictJson from, string interval, JsonObject to)
    {
        if (from.Find($"{interval}Ms") is { } milliseconds)
            to[interval] = string.Create(CultureInfo.InvariantCulture, $"{milliseconds.GetDecimal() / 1000}s");
    }

    private static CircuitBreakerResource[] Thresholds(StrictJson? breakers)
    {
        if (breakers is null)
            return [];
        RetryBudgetResource? budget = null;
        if (breakers.Object("retryBudget") is { } given)
        {
            budget = new RetryBudgetResource(given.Find("budgetPercent")?.GetDouble() ?? 20, given.Find("minRetryConcurrency")?.GetUInt32() ?? 3);
            given.Complete();
        }

        // Limits of other things than retries.
        foreach (string other in new[] { "maxConnections", "maxPendingRequests", "maxRequests", "maxConnectionPools" })
            breakers.Find(other);
        var thresholds = new CircuitBreakerResource { MaxRetries = breakers.Find("maxRetries")?.GetUInt32(), RetryBudget = budget };
        breakers.Complete();
        return [thresholds];
    }

    private static RequestView Request(IEnumerable<StrictJson> headers)
    {
        var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        string method = "", scheme = "", authority = "";
        string? path = null;
        foreach (var (name, value) in RetrySteps.Headers(headers))
        {
            switch (name)
            {
                case ":method": method = value; break;
                case ":scheme": scheme = value; break;
                case ":authority": authority = value; break;
                case ":path": path = value; break;
                default: RetrySteps.Add(request.Headers, request.Content.Headers, name, value); break;
            }
        }

        return new RequestView(method, scheme, authority, path, request.Headers, request.Content.Headers);
    }

    private static string Differs<T>(string what, T expected, T found) =>
        EqualityComparer<T>.Default.Equals(expected, found) ? "" : $"{what}: expected {expected}, was {found}";
}
