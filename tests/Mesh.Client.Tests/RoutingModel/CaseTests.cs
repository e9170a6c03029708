using FsCheck;
using FsCheck.Fluent;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The generator reaches what it is there for; a property over requests that match nothing would hold of anything.</summary>
public sealed class CaseTests
{
    private const int Tables = 100;

    private static readonly Lazy<(Case Case, ModelRequest Request, ModelAnswer Answer)[]> Answers = new(() =>
    [
        .. Case.Any.Sample(Tables, new Rnd(7, 13), 10)
            .SelectMany(each => each.Requests.Select(request => (each, request, new Model().Answer(each.Table, request)))),
    ]);

    [Fact]
    public void MostRequestsFindAHostAndManyARoute()
    {
        AssertPart(0.5, each => each.Answer.Host is not null);
        AssertPart(0.2, each => each.Answer.Route is not null);
        AssertPart(0.02, each => each.Answer.Host is null);
        AssertPart(0.02, each => each.Answer is { Host: not null, Route: null, Location: null });
    }

    [Fact]
    public void RoutesOfEveryKindAreTaken()
    {
        foreach (PathMatchKind kind in Enum.GetValues<PathMatchKind>())
            AssertPart(0.003, each => Taken(each)?.Match.PathKind == kind);
    }

    [Fact]
    public void RoutesFarDownLongListsAreTaken() => AssertPart(0.01, each => each.Answer.Route >= 16);

    [Fact]
    public void EveryPartOfAMatchDecides()
    {
        AssertPart(0.01, each => Taken(each)?.Match.Headers.Count > 0);
        AssertPart(0.002, each => Taken(each)?.Match.QueryParameters.Count > 0);
        AssertPart(0.002, each => Taken(each)?.Match.Cookies.Count > 0);
        AssertPart(0.001, each => Taken(each)?.Match.RuntimeFraction is not null);
        AssertPart(0.0001, each => Taken(each)?.Match.Grpc == true);
        AssertPart(0.01, each => Taken(each)?.Match.CaseSensitive == false);
    }

    [Fact]
    public void EveryActionIsTaken()
    {
        AssertPart(0.02, each => Taken(each)?.Redirect is not null);
        AssertPart(0.01, each => Taken(each)?.DirectResponse is not null);
        AssertPart(0.02, each => Taken(each)?.Action.IsWeighted == true);
        AssertPart(0.005, each => Taken(each)?.Action.ClusterHeader.Length > 0);
        AssertPart(0.02, each => each.Answer.Path is { } path && path != each.Request.Path);
        AssertPart(0.02, each => each.Answer.Authority is { } authority && authority != each.Request.Authority);
        AssertPart(0.001, each => Taken(each)?.Action.PathTemplateRewrite.Length > 0);
        AssertPart(0.01, each => each.Answer is { Location: not null, Route: null });
    }

    private static RouteResource? Taken((Case Case, ModelRequest Request, ModelAnswer Answer) each) => each.Answer.Route is { } at
        ? each.Case.Table.VirtualHosts.First(host => host.Name == each.Answer.Host).Routes[at]
        : null;

    private static void AssertPart(double least, Func<(Case Case, ModelRequest Request, ModelAnswer Answer), bool> holds) =>
        Assert.InRange(Answers.Value.Count(holds) / (double)Answers.Value.Length, least, 1);
}
