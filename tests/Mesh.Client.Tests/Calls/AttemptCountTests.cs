using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Which attempt this is, told to server and caller; and requests that are retries themselves, which are not multiplied.</summary>
public sealed class AttemptCountTests : MeshTest
{
    private const string Retry = "retry_policy: {retry_on: '5xx,unavailable', num_retries: 2, retry_back_off: {base_interval: 0.001s}}";
    private const string Told = "include_request_attempt_count: true, include_attempt_count_in_response: true";

    [Theory]
    [InlineData(Told, "1 2 3", "3")]
    [InlineData("include_request_attempt_count: true", "1 2 3", null)]
    [InlineData("include_attempt_count_in_response: true", " 2 3", "3")]
    public async Task TheServerAndTheCallerAreToldWhereTheHostSaysSoAndTheServerOfEveryRetry(string host, string requests, string? response)
    {
        var (server, mesh) = await StartAsync(host);

        using HttpResponseMessage answer = await mesh.Client.GetAsync("http://a/status/503");

        Assert.Equal((requests, response), (Counts(server), answer.Header("x-envoy-attempt-count")));
    }

    [Fact]
    public async Task AlsoOfACallThatIsNeverRetriedAndOfAnAnswerOfTheMesh()
    {
        var (server, mesh) = await StartAsync(Told, retry: "timeout: 1s");
        using HttpResponseMessage answer = await mesh.Client.GetAsync("http://a/");
        Assert.Equal(("1", "1"), (Counts(server), answer.Header("x-envoy-attempt-count")));

        using HttpResponseMessage broken = await mesh.Client.PostAsync("http://a/reset", new StringContent("x"));
        Assert.Equal(("UC", "1"), (broken.Header("x-mesh-flag"), broken.Header("x-envoy-attempt-count")));
    }

    [Fact]
    public async Task LaterGrpcAttemptsSayHowManyCameBefore()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [unavailable], backoff: 1ms }"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Fail?trailersonly=1&code=14"));

        Assert.Equal([null, "1", "2"], server.Records.Select(record => record.Header("grpc-previous-rpc-attempts")));
    }

    /// <summary>What a caller passes on says that attempts multiply already, and goes on as it came.</summary>
    [Theory]
    [InlineData("x-envoy-attempt-count", "2", 1, "2")]
    [InlineData("x-envoy-attempt-count", "1", 3, "1 2 3")]
    [InlineData("x-envoy-attempt-count", "x", 3, "1 2 3")]
    [InlineData("x-envoy-attempt-count", "18446744073709551615", 1, "18446744073709551615")]
    public async Task ARequestThatIsItselfARetryIsNotMultiplied(string name, string value, int attempts, string counts)
    {
        var (server, mesh) = await StartAsync(Told);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503") { Headers = { { name, value } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((attempts, counts), (mesh.Outcome.Attempts, Counts(server)));
        Assert.Equal(attempts == 1, mesh.Outcome.NotRetried?.Contains("itself a retry", StringComparison.Ordinal));
    }

    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(string host, string retry = Retry)
    {
        TestServer server = await StartServerAsync(name: "a");
        string routes = RoutedText.Host("a", retry);
        return (server, await StartMeshAsync(RoutedText.Of([server], $"{routes[..^1]}, {host}}}")));
    }

    private static string Counts(TestServer server) => string.Join(' ', server.Records.Select(record => record.Header("x-envoy-attempt-count")));
}
