using System.Text.Json;
using Mesh.Conformance.Suites;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance;

/// <summary>Finds the suites of a folder, runs them and reports.</summary>
internal static class Runner
{
    private static readonly Dictionary<string, Suite> Suites = new(StringComparer.Ordinal)
    {
        ["envoy-router-check"] = RoutingSuite.RunAll,
        ["envoy-config-impl"] = RoutingSuite.RunAll,
        ["envoy-config-impl-reject"] = RejectSuite.Run,
        ["envoy-header-match"] = HeaderMatchSuite.Run,
        ["envoy-retry-state"] = RetryStateSuite.Run,
        ["envoy-uri-template"] = UriTemplateSuite.Run,
        ["fuzz"] = FuzzSuite.Run,
        ["grpc/header-matcher"] = GrpcMatcherSuites.Headers,
        ["grpc/path-matcher"] = GrpcMatcherSuites.Paths,
        ["grpc/domain-matcher"] = GrpcMatcherSuites.Domains,
        ["grpc/string-matcher"] = GrpcMatcherSuites.Strings,
        ["grpc/rds-validation"] = GrpcRouteSuites.Validation,
        ["grpc/rds-routes"] = GrpcRouteSuites.Routes,
        ["grpc/rds-hash-policies"] = GrpcRouteSuites.HashPolicies,
        ["grpc/bootstrap"] = GrpcBootstrapSuites.Whole,
        ["grpc/bootstrap-parts"] = GrpcBootstrapSuites.Parts,
        ["grpc/xdstp-names"] = GrpcNameSuites.Names,
        ["grpc/resource-template"] = GrpcNameSuites.Templates,
        ["grpc/lds-validation"] = GrpcResourceSuites.Listeners,
        ["grpc/cds-validation"] = GrpcResourceSuites.Clusters,
        ["grpc/eds-validation"] = GrpcResourceSuites.Endpoints,
        ["envoy-hash"] = HashSuite.Run,
        ["grpc/fault-injection"] = FaultSuite.Run,
        ["grpc/wrr-weight"] = WeightedRoundRobinSuites.Weights,
        ["grpc/orca-load-report"] = LoadReportSuite.Run,
        ["grpc/wrr-static-stride"] = WeightedRoundRobinSuites.StaticStrides,
        ["grpc/request-hash"] = GrpcLoadBalancingSuites.RequestHashes,
        ["grpc/auto-host-rewrite"] = GrpcRouteSuites.AutoHostRewrites,
        ["grpc/lb-config-cds"] = GrpcRouteSuites.Machinery,
        ["grpc/lb-config-cluster-impl"] = GrpcRouteSuites.Machinery,
        ["grpc/lb-config-cluster-manager"] = GrpcRouteSuites.Machinery,
        ["grpc/lb-config-priority"] = GrpcRouteSuites.Machinery,
        ["grpc/lb-config-weighted-target"] = GrpcRouteSuites.Machinery,
        ["grpc/priority-child-names"] = GrpcRouteSuites.Machinery,
        ["grpc/ring-hash-state"] = GrpcRouteSuites.Machinery,
        ["grpc/lb-config-ring-hash"] = GrpcPolicySuites.RingHashes,
        ["grpc/lb-config-wrr-locality"] = GrpcPolicySuites.WrrLocalities,
        ["grpc/service-config-lb"] = GrpcPolicySuites.Lists,
        ["grpc/lb-policy-conversion"] = GrpcPolicySuites.Conversions,
        ["grpc/lb-config-outlier-detection"] = OutlierConfigSuite.Run,
        ["grpc/endpoint-hash-key"] = GrpcLoadBalancingSuites.EndpointHashKeys,
        ["grpc/drop-per-million"] = GrpcLoadBalancingSuites.Drops,
        ["envoy-path"] = PathSuite.Run,
        ["envoy-outlier"] = OutlierSuite.Run,
    };

    public static int Run(string folder, TextWriter output)
    {
        var skips = SkipList.Read();
        int passed = 0, failed = 0, skipped = 0;
        var waiting = new List<string>();
        foreach (string suite in Find(folder))
        {
            if (!Suites.TryGetValue(suite, out Suite? run))
            {
                waiting.Add(suite);
                continue;
            }

            var results = new List<CaseResult>();
            try
            {
                results.AddRange(run(Path.Combine(folder, suite)).Select(result => skips.Apply(suite, result)));
            }
            catch (Exception e) when (e is CaseFormatException or JsonException or IOException)
            {
                results.Add(new CaseResult("(the suite's own files)", e.Message, null));
            }

            foreach (CaseResult result in results.Where(result => result.Failure is not null))
                output.WriteLine($"FAILED {suite} {result.Name}: {result.Failure}");
            foreach (var group in results.Where(result => result.Skipped is not null).GroupBy(result => result.Skipped!, StringComparer.Ordinal))
                output.WriteLine($"skipped {suite} ({group.Key}): {string.Join(", ", group.Select(result => result.Name))}");
            int failures = results.Count(result => result.Failure is not null), skippedHere = results.Count(result => result.Skipped is not null);
            output.WriteLine($"{suite}: {results.Count - failures - skippedHere} passed, {failures} failed, {skippedHere} skipped");
            passed += results.Count - failures - skippedHere;
            failed += failures;
            skipped += skippedHere;
        }

        foreach (string suite in waiting)
            output.WriteLine($"waiting: {suite}");
        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    /// <summary>The suites of a folder; those of gRPC lie one deeper.</summary>
    private static IEnumerable<string> Find(string folder)
    {
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (name != "grpc")
            {
                yield return name;
                continue;
            }

            foreach (string inner in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal))
                yield return $"grpc/{Path.GetFileName(inner)}";
        }
    }
}
