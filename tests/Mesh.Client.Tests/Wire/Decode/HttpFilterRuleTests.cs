using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>The rules of <c>http_filters</c> (gRFC A39): unique names, the router last, unknown filters only where they are optional.</summary>
public sealed class HttpFilterRuleTests
{
    private const string At = "api_listener.api_listener.http_filters";
    private const string Unknown = "typed_config: {'@type': type.googleapis.com/some.unknown.v3.Filter}";
    private const string RouterConfig = "typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}";

    [Theory]
    [InlineData(Xds.Router)]
    [InlineData($"{{name: router, is_optional: true, {RouterConfig}}}")]
    [InlineData($"{{name: f, is_optional: true, {Unknown}}}, {Xds.Router}",
        $"W {At}[0]: filter 'f' (some.unknown.v3.Filter) is not supported and optional: it has no effect")]
    [InlineData($"{{name: f, disabled: true, {Unknown}}}, {Xds.Router}", $"W {At}[0]: filter 'f' is disabled: it has no effect")]
    public void AreKept(string filters, params string[] findings) => Assert.Single(Read(filters).AssertFindings(findings).Set.Listeners);

    [Theory]
    [InlineData("", $"E {At}: the last filter must be envoy.extensions.filters.http.router.v3.Router, but there is none")]
    [InlineData($"{{name: f, {Unknown}}}, {Xds.Router}",
        $"E {At}[0].typed_config: filter 'f' (some.unknown.v3.Filter) is not supported; remove it, or set is_optional")]
    [InlineData($"{{name: f, {Unknown}}}", $"E {At}[0].typed_config: the last filter must be envoy.extensions.filters.http.router.v3.Router")]
    [InlineData($"{{name: f, is_optional: true, {Unknown}}}", $"E {At}[0].typed_config: the last filter must be envoy.extensions.filters.http.router.v3.Router")]
    [InlineData($"{Xds.Router}, {Xds.Router}",
        $"E {At}[0].typed_config: the router must be the last filter", $"E {At}[1].name: 'router' names an earlier filter too")]
    [InlineData($"{Xds.Router}, {{name: f, is_optional: true, {Unknown}}}",
        $"E {At}[0].typed_config: the router must be the last filter", $"E {At}[1].typed_config: the last filter must be")]
    [InlineData($"{{name: router, disabled: true, {RouterConfig}}}", $"E {At}[0].disabled: the router cannot be disabled")]
    [InlineData($"{{{RouterConfig}}}", $"E {At}[0].name: required, and must not be empty")]
    [InlineData("{name: router}", $"E {At}[0].typed_config: the last filter must be")]
    [InlineData($"{{name: f, config_discovery: {{}}}}, {Xds.Router}",
        $"E {At}[0].config_discovery: not supported (envoy.config.core.v3.ExtensionConfigSource)", $"E {At}[0].typed_config: filter 'f'")]
    public void AreBroken(string filters, params string[] findings) => Assert.Empty(Read(filters).AssertFindings(findings).Set.Listeners);

    private static Decoded Read(string filters) => Decoded.Resource(
        Xds.ListenerType, $"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{filters}]}}}}");
}
