using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Which endpoints a retry passes over.</summary>
public sealed class HostPredicatesTests
{
    [Fact]
    public void WithoutPredicatesThereIsNothingToAsk() => Assert.Null(HostPredicates.Create([]));

    [Fact]
    public void PreviousHosts()
    {
        HostPredicates predicates = Create(new HostPredicateResource(HostPredicateKind.PreviousHosts));
        Assert.True(predicates.AcceptsEndpoint("", wasTried: false));
        Assert.False(predicates.AcceptsEndpoint("", wasTried: true));
    }

    [Theory]
    [InlineData("""{"canary":true}""", false)]
    [InlineData("""{"canary":false}""", true)]
    [InlineData("""{"canary":"true"}""", true)]
    [InlineData("""{"other":true}""", true)]
    [InlineData("{}", true)]
    public void OmitCanaryHosts(string metadata, bool accepts) =>
        Assert.Equal(accepts, Create(new HostPredicateResource(HostPredicateKind.OmitCanaryHosts)).AcceptsEndpoint(metadata, wasTried: false));

    [Theory]
    [InlineData("""{"stage":"old"}""", """{"stage":"old","n":1}""", false)]
    [InlineData("""{"stage":"old"}""", """{"stage":"new"}""", true)]
    [InlineData("""{"stage":"old","n":1}""", """{"stage":"old"}""", true)]
    [InlineData("""{"stage":"old"}""", """{"stage":["new","old"]}""", false)]
    [InlineData("""{"n":1}""", """{"n":1.0}""", false)]
    [InlineData("{}", "{}", false)]
    public void OmitHostMetadata(string wanted, string metadata, bool accepts) =>
        Assert.Equal(accepts, Create(new HostPredicateResource(HostPredicateKind.OmitHostMetadata, wanted)).AcceptsEndpoint(metadata, wasTried: false));

    [Fact]
    public void OneOfSeveralIsEnough()
    {
        HostPredicates predicates = Create(new HostPredicateResource(HostPredicateKind.PreviousHosts), new HostPredicateResource(HostPredicateKind.OmitCanaryHosts));
        Assert.False(predicates.AcceptsEndpoint("""{"canary":true}""", wasTried: false));
        Assert.False(predicates.AcceptsEndpoint("", wasTried: true));
        Assert.True(predicates.AcceptsEndpoint("", wasTried: false));
    }

    private static HostPredicates Create(params HostPredicateResource[] resources) => HostPredicates.Create(new(resources))!;
}
