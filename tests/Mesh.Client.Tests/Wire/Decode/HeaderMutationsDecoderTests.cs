using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Headers to add and remove, the same at every level.</summary>
public sealed class HeaderMutationsDecoderTests
{
    [Fact]
    public void EveryFieldIsRead()
    {
        AssertAdded("{header: {key: X-A, value: v}}", new("X-A", "v", HeaderAppendAction.AppendIfExistsOrAdd, false));
        AssertAdded("{header: {key: a, value: v}, append: true}", new("a", "v", HeaderAppendAction.AppendIfExistsOrAdd, false));
        AssertAdded("{header: {key: a, value: v}, append: false}", new("a", "v", HeaderAppendAction.OverwriteIfExistsOrAdd, false));
        AssertAdded("{header: {key: a, value: v}, append_action: ADD_IF_ABSENT}", new("a", "v", HeaderAppendAction.AddIfAbsent, false));
        AssertAdded("{header: {key: a, value: v}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}", new("a", "v", HeaderAppendAction.OverwriteIfExistsOrAdd, false));
        AssertAdded("{header: {key: a, value: v}, append_action: OVERWRITE_IF_EXISTS}", new("a", "v", HeaderAppendAction.OverwriteIfExists, false));
        AssertAdded("{header: {key: a}, keep_empty_value: true}", new("a", "", HeaderAppendAction.AppendIfExistsOrAdd, true));
        AssertAdded("{header: {key: a, raw_value: dg==}}", new("a", "v", HeaderAppendAction.AppendIfExistsOrAdd, false));
        AssertAdded("{header: {key: a, value: '100%% of %%'}}", new("a", "100% of %", HeaderAppendAction.AppendIfExistsOrAdd, false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("virtual_hosts[0].")]
    [InlineData("virtual_hosts[0].routes[0].")]
    [InlineData("virtual_hosts[0].routes[0].route.weighted_clusters.clusters[0].")]
    public void EveryLevelHasThem(string level)
    {
        const string Lists = "request_headers_to_add: [{header: {key: a, value: '1'}}], request_headers_to_remove: [B], response_headers_to_add: [{header: {key: c, value: '2'}}], response_headers_to_remove: [D]";
        const string Bad = "request_headers_to_add: [{}], request_headers_to_remove: ['b b'], response_headers_to_add: [{}], response_headers_to_remove: ['']";
        RouteConfigurationResource routes = Read(level, Lists).AssertFindings().Set.RouteConfigurations["r"];
        HeaderMutationsResource headers = level switch
        {
            "" => routes.Headers,
            "virtual_hosts[0]." => routes.VirtualHosts[0].Headers,
            "virtual_hosts[0].routes[0]." => routes.VirtualHosts[0].Routes[0].Headers,
            _ => routes.VirtualHosts[0].Routes[0].Action.Clusters[0].Headers,
        };
        Assert.Equal(
            new HeaderMutationsResource
            {
                RequestAdd = [new("a", "1", HeaderAppendAction.AppendIfExistsOrAdd, false)],
                RequestRemove = ["b"],
                ResponseAdd = [new("c", "2", HeaderAppendAction.AppendIfExistsOrAdd, false)],
                ResponseRemove = ["d"],
            },
            headers);

        Read(level, Bad).AssertFindings(
            $"E {level}request_headers_to_add[0].header: required",
            $"E {level}request_headers_to_remove[0]: 'b b' is not a valid header name",
            $"E {level}response_headers_to_add[0].header: required",
            $"E {level}response_headers_to_remove[0]: '' is not a valid header name");
    }

    [Theory]
    [InlineData("{header: {key: ':path', value: v}}", "E request_headers_to_add[0].header.key: ':path': ':'-prefixed and host headers may not be modified")]
    [InlineData("{header: {key: HOST, value: v}}", "E request_headers_to_add[0].header.key: 'HOST': ':'-prefixed and host headers")]
    [InlineData("{header: {key: 'a b', value: v}}", "E request_headers_to_add[0].header.key: 'a b' is not a valid header name")]
    [InlineData("{header: {value: v}}", "E request_headers_to_add[0].header.key: '' is not a valid header name")]
    [InlineData("{header: {key: ü, value: v}}", "E request_headers_to_add[0].header.key: 'ü' is not a valid header name")]
    [InlineData("{header: {key: a, value: \"x\\r\\ny: z\"}}", "E request_headers_to_add[0].header.value: holds a NUL, CR or LF")]
    [InlineData("{header: {key: a, value: \"x\\0\"}}", "E request_headers_to_add[0].header.value: holds a NUL, CR or LF")]
    [InlineData("{header: {key: a, raw_value: Cg==}}", "E request_headers_to_add[0].header.value: holds a NUL, CR or LF")]
    [InlineData("{header: {key: a, value: v, raw_value: dg==}}", "E request_headers_to_add[0].header.raw_value: set beside value")]
    [InlineData("{header: {key: a, value: '%REQ(x'}}", "E request_headers_to_add[0].header.value: '%REQ(' has no ')'")]
    [InlineData("{header: {key: a, value: '%NONE%'}}", "E request_headers_to_add[0].header.value: '%NONE%' is no variable")]
    [InlineData("{header: {key: a, value: '5%'}}", "E request_headers_to_add[0].header.value: a single '%' starts no variable")]
    [InlineData("{header: {key: a, value: v}, append: true, append_action: ADD_IF_ABSENT}", "E request_headers_to_add[0].append: set beside append_action")]
    [InlineData("{header: {key: a, value: v}, append_action: 9}", "E request_headers_to_add[0].append_action: 9 is not known; allowed are 0 to 3")]
    public void OthersAreErrors(string option, string finding) =>
        Assert.Empty(Read("", $"request_headers_to_add: [{option}]").AssertFindings(finding).Set.RouteConfigurations);

    /// <summary>The runtime sends ASCII only in request headers: what is more would break every call on the route.</summary>
    [Theory]
    [InlineData("{header: {key: a, value: ü}}")]
    [InlineData("{header: {key: a, raw_value: /A==}}")]
    public void WhatCannotBeSentIsRefused(string option) =>
        Read("", $"request_headers_to_add: [{option}]").AssertFindings("E request_headers_to_add[0].header.");

    [Theory]
    [InlineData(16384, false)]
    [InlineData(16385, true)]
    public void AValueHasALimit(int length, bool refused) =>
        Assert.Equal(refused, Read("", $"request_headers_to_add: [{{header: {{key: a, value: {new string('v', length)}}}}}]").HasErrors);

    private static void AssertAdded(string option, HeaderToAddResource expected) =>
        Assert.Equal(expected, Assert.Single(Read("", $"request_headers_to_add: [{option}]").AssertFindings().Set.RouteConfigurations["r"].Headers.RequestAdd));

    /// <summary>A route configuration with these lists at one of its levels.</summary>
    private static Decoded Read(string level, string lists)
    {
        string cluster = level.EndsWith("clusters[0].", StringComparison.Ordinal) ? $", {lists}" : "";
        string route = level.EndsWith("routes[0].", StringComparison.Ordinal) ? $", {lists}" : "";
        string host = level == "virtual_hosts[0]." ? $", {lists}" : "";
        string top = level.Length == 0 ? $", {lists}" : "";
        return Decoded.Resource(
            Xds.RoutesType,
            $$"""
            name: r{{top}}, virtual_hosts: [{name: v, domains: [a]{{host}}, routes: [{match: {prefix: /}{{route}},
              route: {weighted_clusters: {clusters: [{name: c, weight: 1{{cluster}} }]} } }]}]
            """);
    }
}
