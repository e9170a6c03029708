using System.Net.Http.Headers;
using Mesh.Policies.Headers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Headers;

/// <summary>What is added and removed, and in which order.</summary>
public sealed class HeaderMutatorTests
{
    private static readonly string[] Levels = ["cluster", "route", "host", "table"];

    [Theory]
    [InlineData(HeaderAppendAction.AppendIfExistsOrAdd, "old", "old|new")]
    [InlineData(HeaderAppendAction.AppendIfExistsOrAdd, null, "new")]
    [InlineData(HeaderAppendAction.AddIfAbsent, "old", "old")]
    [InlineData(HeaderAppendAction.AddIfAbsent, null, "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExistsOrAdd, "old", "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExistsOrAdd, null, "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExists, "old", "new")]
    [InlineData(HeaderAppendAction.OverwriteIfExists, null, null)]
    public void EveryAppendActionIsHonoured(object action, string? before, string? after)
    {
        HeaderMutationsResource level = Request(new HeaderToAddResource("X-A", "new", (HeaderAppendAction)action, false));
        using HttpRequestMessage request = Apply([level], headers =>
        {
            if (before is not null)
                headers.TryAddWithoutValidation("x-a", before);
        });
        Assert.Equal(after, Values(request.Headers, "x-a"));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, null)]
    public void AnEmptyValueIsAddedOnlyWhenKept(bool keep, string? expected)
    {
        using HttpRequestMessage request = Apply([Request(new HeaderToAddResource("x-a", "", HeaderAppendAction.AppendIfExistsOrAdd, keep))]);
        Assert.Equal(expected, Values(request.Headers, "x-a"));
    }

    [Fact]
    public void RemovalsComeBeforeAdditionsWithinALevel()
    {
        HeaderMutationsResource level = Request(new HeaderToAddResource("x-a", "new", HeaderAppendAction.AppendIfExistsOrAdd, false)) with { RequestRemove = ["x-a"] };
        using HttpRequestMessage request = Apply([level], headers => headers.TryAddWithoutValidation("X-A", "old"));
        Assert.Equal("new", Values(request.Headers, "x-a"));
    }

    [Theory]
    [InlineData(false, "cluster|route|host|table", "table")]
    [InlineData(true, "table|host|route|cluster", "cluster")]
    public void LevelsAreAppliedFromTheMostSpecificUnlessItShallWin(bool mostSpecificWins, string appended, string set)
    {
        HeaderMutationsResource[] levels =
        [
            .. Levels.Select(name => Request(
                new HeaderToAddResource("appended", name, HeaderAppendAction.AppendIfExistsOrAdd, false),
                new HeaderToAddResource("set", name, HeaderAppendAction.OverwriteIfExistsOrAdd, false))),
        ];
        using HttpRequestMessage request = Apply(levels, mostSpecificWins: mostSpecificWins);
        Assert.Equal((appended, set), (Values(request.Headers, "appended"), Values(request.Headers, "set")));
    }

    /// <summary>As <c>HeaderParser::evaluateHeaders</c>: the values of a level are made of the same headers, and its overwrites come before what it adds.</summary>
    [Fact]
    public void AValueIsMadeOfTheHeadersBeforeItsLevel()
    {
        HeaderMutationsResource inner = Request(
            new HeaderToAddResource("x-a", "added", HeaderAppendAction.AppendIfExistsOrAdd, false),
            new HeaderToAddResource("x-b", "%REQ(x-a)%", HeaderAppendAction.OverwriteIfExistsOrAdd, false) { IsFormat = true },
            new HeaderToAddResource("x-a", "set", HeaderAppendAction.OverwriteIfExistsOrAdd, false));
        HeaderMutationsResource outer = Request(new HeaderToAddResource("x-c", "%REQ(x-a)%", HeaderAppendAction.OverwriteIfExistsOrAdd, false) { IsFormat = true });
        using HttpRequestMessage request = Apply([inner, outer], headers => headers.TryAddWithoutValidation("x-a", "old"));
        Assert.Equal(("set|added", "old", "set, added"), (Values(request.Headers, "x-a"), Values(request.Headers, "x-b"), Values(request.Headers, "x-c")));
    }

    [Fact]
    public void AnOuterLevelRemovesWhatAnInnerOneAdded()
    {
        HeaderMutationsResource inner = Request(new HeaderToAddResource("x-a", "1", HeaderAppendAction.AppendIfExistsOrAdd, false));
        using HttpRequestMessage request = Apply([inner, new HeaderMutationsResource { RequestRemove = ["x-a"] }]);
        Assert.Null(Values(request.Headers, "x-a"));
    }

    [Fact]
    public void ContentHeadersAreReachedToo()
    {
        HeaderMutationsResource level = Request(new HeaderToAddResource("Content-Language", "de", HeaderAppendAction.OverwriteIfExistsOrAdd, false)) with
        {
            RequestRemove = ["content-type"],
        };
        using HttpRequestMessage request = Apply([level], _ => { }, new StringContent("x") { Headers = { ContentLanguage = { "en" } } });
        Assert.Equal("de", Values(request.Content!.Headers, "content-language"));
        Assert.Null(Values(request.Content.Headers, "content-type"));
    }

    [Fact]
    public void ResponsesHaveTheirOwnLists()
    {
        var level = new HeaderMutationsResource
        {
            RequestAdd = [new HeaderToAddResource("x-request", "1", HeaderAppendAction.AppendIfExistsOrAdd, false)],
            ResponseAdd =
            [
                new HeaderToAddResource("x-response", "1", HeaderAppendAction.AppendIfExistsOrAdd, false),
                new HeaderToAddResource("content-language", "de", HeaderAppendAction.AppendIfExistsOrAdd, false),
            ],
            ResponseRemove = ["server", "content-type"],
        };
        using var response = new HttpResponseMessage { Content = new StringContent("x") };
        response.Headers.TryAddWithoutValidation("Server", "s");
        HeaderMutator.Create([level], mostSpecificWins: false)!.ApplyToResponse(response, default);
        Assert.Equal("x-response: 1", string.Join('\n', response.Headers.NonValidated.Select(h => $"{h.Key}: {h.Value}")));
        Assert.Equal("Content-Language: de", string.Join('\n', response.Content.Headers.NonValidated.Select(h => $"{h.Key}: {h.Value}")));
    }

    [Fact]
    public void NothingToDoIsNoMutator() => Assert.Null(HeaderMutator.Create([HeaderMutationsResource.None, new HeaderMutationsResource()], mostSpecificWins: true));

    private static HeaderMutationsResource Request(params HeaderToAddResource[] added) => new() { RequestAdd = new(added) };

    private static HttpRequestMessage Apply(
        HeaderMutationsResource[] levels, Action<HttpRequestHeaders>? arrange = null, HttpContent? content = null, bool mostSpecificWins = false)
    {
        var request = new HttpRequestMessage { Content = content };
        arrange?.Invoke(request.Headers);
        HeaderMutator.Create(levels, mostSpecificWins)!.ApplyToRequest(request.Headers, request.Content?.Headers, default);
        return request;
    }

    private static string? Values(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? string.Join('|', values) : null;
}
