using Mesh.Endpoints;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Which endpoints a retry passes over.</summary>
public sealed class HostPredicatesTests
{
    private readonly EndpointState _a = new("a");
    private readonly EndpointState _b = new("b");

    [Fact]
    public void WithoutPredicatesThereIsNothingToAsk() => Assert.Null(HostPredicates.Create([]));

    [Fact]
    public void PreviousHosts()
    {
        HostPredicates predicates = Create(new HostPredicateResource(HostPredicateKind.PreviousHosts));
        Assert.True(predicates.AcceptsEndpoint(_a, MetadataResource.None, []));
        Assert.False(predicates.AcceptsEndpoint(_a, MetadataResource.None, [_b, _a]));
        Assert.True(predicates.AcceptsEndpoint(_a, MetadataResource.None, [_b]));
    }

    [Theory]
    [InlineData("""{"canary":true}""", false)]
    [InlineData("""{"canary":false}""", true)]
    [InlineData("""{"canary":"true"}""", true)]
    [InlineData("""{"other":true}""", true)]
    [InlineData("{}", true)]
    public void OmitCanaryHosts(string metadata, bool accepts) =>
        Assert.Equal(accepts, Create(new HostPredicateResource(HostPredicateKind.OmitCanaryHosts)).AcceptsEndpoint(_a, Metadata(metadata), []));

    [Theory]
    [InlineData("""{"stage":"old"}""", """{"stage":"old","n":1}""", false)]
    [InlineData("""{"stage":"old"}""", """{"stage":"new"}""", true)]
    [InlineData("""{"stage":"old","n":1}""", """{"stage":"old"}""", true)]
    [InlineData("""{"stage":"old"}""", """{"stage":["new","old"]}""", false)]
    [InlineData("""{"n":1}""", """{"n":1.0}""", false)]
    [InlineData("{}", "{}", false)]
    public void OmitHostMetadata(string wanted, string metadata, bool accepts) =>
        Assert.Equal(accepts, Create(new HostPredicateResource(HostPredicateKind.OmitHostMetadata, wanted)).AcceptsEndpoint(_a, Metadata(metadata), []));

    [Fact]
    public void MetadataOfOthersIsNotLookedAt()
    {
        var other = new MetadataResource([KeyValuePair.Create("other", """{"canary":true}""")]);
        Assert.True(Create(new HostPredicateResource(HostPredicateKind.OmitCanaryHosts)).AcceptsEndpoint(_a, other, []));
    }

    [Fact]
    public void OneOfSeveralIsEnough()
    {
        HostPredicates predicates = Create(new HostPredicateResource(HostPredicateKind.PreviousHosts), new HostPredicateResource(HostPredicateKind.OmitCanaryHosts));
        Assert.False(predicates.AcceptsEndpoint(_a, Metadata("""{"canary":true}"""), []));
        Assert.False(predicates.AcceptsEndpoint(_a, MetadataResource.None, [_a]));
        Assert.True(predicates.AcceptsEndpoint(_a, MetadataResource.None, [_b]));
    }

    private static HostPredicates Create(params HostPredicateResource[] resources) => HostPredicates.Create(new(resources))!;

    private static MetadataResource Metadata(string json) => new([KeyValuePair.Create("envoy.lb", json)]);
}
