using System.Net;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What a caller sees of a call that the mesh followed and that ended badly.</summary>
public sealed class InternalRedirectFailureTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACallerMayCancelOnTheWay(bool async)
    {
        var (b, mesh) = await StartAsync();
        using var cancel = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/redirect/302?to=http://b/hold");
        Task<HttpResponseMessage> call = async ? mesh.Client.SendAsync(request, cancel.Token) : Task.Run(() => mesh.Client.Send(request, cancel.Token));
        await ArrivedAsync(b, "/hold");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal([(302, null), (0, "DC")], mesh.Outcomes.Select(outcome => (outcome.StatusCode, outcome.Flag)));
    }

    /// <summary>Also where the first route would retry: the redirect was its answer.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(", retry_policy: {retry_on: '5xx,reset,connect-failure'}")]
    public async Task AnAnswerOfTheMeshIsThrownWhereTheOptionSaysSo(string retry)
    {
        var (_, mesh) = await StartAsync(retry, options => options.ThrowOnLocalReply = true);

        var thrown = await Assert.ThrowsAnyAsync<HttpRequestException>(() => mesh.Client.GetAsync("http://a/redirect/302?to=http://nowhere/"));

        Assert.Contains("nowhere", thrown.Message, StringComparison.Ordinal);
        Assert.Equal([302, 0], mesh.Outcomes.Select(outcome => outcome.StatusCode));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("empty")]
    public async Task AnAnswerOfTheMeshAlsoBelongsToTheCallersRequest(string host)
    {
        var (_, mesh) = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://a/redirect/302?to=http://{host}/");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Same(request, response.RequestMessage);
    }

    private async Task<(TestServer B, TestMesh Mesh)> StartAsync(string retry = "", Action<MeshOptions>? configure = null)
    {
        TestServer a = await StartServerAsync(name: "a"), b = await StartServerAsync(_gate.HoldAsync, name: "b");
        TestMesh mesh = await StartMeshAsync(
            RoutedText.Of([a, b], RoutedText.Host("a", "internal_redirect_policy: {}" + retry), RoutedText.Host("b"), RoutedText.Host("nowhere"), RoutedText.Host("empty")) + $"- {Xds.Cluster("empty")}\n", configure);
        return (b, mesh);
    }

    [Fact]
    public async Task ARedirectToAHostThatRequiresTlsIsTheCallers()
    {
        TestServer a = await StartServerAsync(name: "a");
        TestMesh mesh = await StartMeshAsync(RoutedText.Of(
            [a],
            RoutedText.Host("a", "internal_redirect_policy: {}"),
            "{name: b, domains: [b], require_tls: ALL, routes: [{match: {prefix: /}, route: {cluster: a}}]}"));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/redirect/302?to=http://b/");

        Assert.Equal((302, "http://b/"), ((int)response.StatusCode, response.Header("Location")));
    }
}
