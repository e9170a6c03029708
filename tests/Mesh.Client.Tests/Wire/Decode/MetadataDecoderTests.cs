using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>Metadata.filter_metadata</c> of routes and virtual hosts, kept as JSON.</summary>
public sealed class MetadataDecoderTests
{
    private static readonly MetadataResource Expected = new(
        [KeyValuePair.Create("a", """{"k":"v"}"""), KeyValuePair.Create("b", """{"list":[1,true,null]}""")]);

    private const string Text = "metadata: {filter_metadata: {b: {list: [1, true, null]}, a: {k: v}}}";

    [Fact]
    public void OfARoute() => Assert.Equal(Expected, OneRoute.Route($"match: {{prefix: /}}, redirect: {{}}, {Text}").AssertFindings().Route().Metadata);

    [Fact]
    public void OfAVirtualHost() => Assert.Equal(Expected, OneRoute.Host(Text).AssertFindings().Host().Metadata);

    [Theory]
    [InlineData("")]
    [InlineData(", metadata: {}")]
    [InlineData(", metadata: {filter_metadata: {}}")]
    public void NoneIsOneObject(string metadata) => Assert.Same(MetadataResource.None, OneRoute.Route($"match: {{prefix: /}}, redirect: {{}}{metadata}").AssertFindings().Route().Metadata);
}
