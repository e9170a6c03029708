using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>RouteAction.internal_redirect_policy</c>.</summary>
public sealed class InternalRedirectDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route.internal_redirect_policy";
    private const string Predicates = "type.googleapis.com/envoy.extensions.internal_redirect";
    private const string Previous = $"{{name: p, typed_config: {{'@type': {Predicates}.previous_routes.v3.PreviousRoutesConfig}}}}";
    private const string Safe = $"{{name: s, typed_config: {{'@type': {Predicates}.safe_cross_scheme.v3.SafeCrossSchemeConfig}}}}";

    [Fact]
    public void EveryFieldIsRead()
    {
        AssertPolicy("", new());
        AssertPolicy("max_internal_redirects: 0", new() { MaxRedirects = 0 });
        AssertPolicy("redirect_response_codes: [308, 301]", new() { Statuses = [308, 301] });
        AssertPolicy("allow_cross_scheme_redirect: true, response_headers_to_copy: [X-A, b]", new() { AllowCrossScheme = true, HeadersToCopy = ["x-a", "b"] });
        AssertPolicy($"predicates: [{Previous}, {Safe}]", new() { NotToPreviousRoutes = true, SafeCrossScheme = true });
    }

    /// <summary>Every predicate must agree, so of two lists only what stands in both is allowed.</summary>
    [Fact]
    public void ListsOfRoutesNarrowEachOther()
    {
        AssertPolicy($"predicates: [{Allowed("a, b")}]", new() { AllowedRoutes = ["a", "b"] });
        AssertPolicy($"predicates: [{Allowed("a, b")}, {Allowed("b, c")}]", new() { AllowedRoutes = ["b"] });
        AssertPolicy($"predicates: [{Allowed("")}]", new() { AllowedRoutes = default(Mesh.Primitives.ValueList<string>) });
    }

    [Fact]
    public void AStatusThatIsNoRedirectIsAWarning() => Assert.Equal(
        new InternalRedirectResource { Statuses = [302] },
        Read("redirect_response_codes: [302, 304]").AssertFindings($"W {At}.redirect_response_codes[1]: 304 is no redirect: it has no effect").Route().Action.InternalRedirect);

    [Theory]
    [InlineData("redirect_response_codes: [301, 302, 303, 307, 308, 301]", $"E {At}.redirect_response_codes: 6 entries; at most 5 are allowed")]
    [InlineData("response_headers_to_copy: [':path', Host, 'a b', ok, ok]",
        $"E {At}.response_headers_to_copy[0]: ':path': the host and pseudo-headers", $"E {At}.response_headers_to_copy[1]: 'Host': the host and pseudo-headers",
        $"E {At}.response_headers_to_copy[2]: 'a b' is not a valid header name", $"E {At}.response_headers_to_copy[4]: 'ok' stands here already")]
    [InlineData("predicates: [{name: p}]", $"E {At}.predicates[0].typed_config: required")]
    [InlineData($"predicates: [{Previous}, {{name: p, typed_config: {{'@type': type.googleapis.com/google.protobuf.Empty}}}}]", $"E {At}.predicates[1].typed_config: 'type.googleapis.com/google.protobuf.Empty' is not supported; allowed are")]
    public void WhatCannotBeHonouredIsRefused(string policy, params string[] findings) => Read(policy).AssertRefused(findings);

    private static string Allowed(string names) => $"{{name: a, typed_config: {{'@type': {Predicates}.allow_listed_routes.v3.AllowListedRoutesConfig, allowed_route_names: [{names}]}}}}";

    private static void AssertPolicy(string policy, InternalRedirectResource expected) => Assert.Equal(expected, Read(policy).AssertFindings().Route().Action.InternalRedirect);

    private static Decoded Read(string policy) => OneRoute.Action($"internal_redirect_policy: {{{policy}}}");
}
