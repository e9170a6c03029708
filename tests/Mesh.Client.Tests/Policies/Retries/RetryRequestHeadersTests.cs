using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>What a trusted caller's headers make of a policy.</summary>
public sealed class RetryRequestHeadersTests
{
    private static readonly RetryPolicyResource Configured = new()
    {
        RetryOn = RetryConditions.Reset,
        NumRetries = 4,
        RetriableStatusCodes = [418],
        RetriableHeaders = [new() { Name = "x-a" }],
        PerTryTimeout = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void WithoutThemItStaysWhatItIs()
    {
        Assert.Same(Configured, Merge(Configured, ("x-envoy-attempt-count", "1")));
        Assert.Null(Merge(null));
    }

    [Fact]
    public void ConditionsAddUpAndNumbersReplace()
    {
        RetryPolicyResource? merged = Merge(
            Configured,
            ("x-envoy-retry-on", "5xx, retriable-headers,junk"), ("x-envoy-retry-grpc-on", "cancelled,5xx"), ("x-envoy-max-retries", "7"),
            ("x-envoy-retriable-status-codes", "429, 503,x"), ("x-envoy-retriable-header-names", "X-B, ,x-c"), ("x-envoy-upstream-rq-per-try-timeout-ms", "250"));
        Assert.Equal(
            Configured with
            {
                RetryOn = RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.RetriableHeaders | RetryConditions.GrpcCancelled,
                NumRetries = 7,
                RetriableStatusCodes = [418, 429, 503],
                RetriableHeaders = [new() { Name = "x-a" }, new() { Name = "x-b", Present = true }, new() { Name = "x-c", Present = true }],
                PerTryTimeout = TimeSpan.FromMilliseconds(250),
            },
            merged);
    }

    [Fact]
    public void TheyAreEnoughWithoutAPolicy() =>
        Assert.Equal(new RetryPolicyResource { RetryOn = RetryConditions.ServerError }, Merge(null, ("x-envoy-retry-on", "5xx")));

    [Theory]
    [InlineData("-1", 4u)]
    [InlineData("", 4u)]
    [InlineData("many", 4u)]
    [InlineData("0", 0u)]
    [InlineData("18446744073709551615", uint.MaxValue)]
    [InlineData("1000000000000000000000000000000", 4u)]
    public void NumbersThatAreNoneCountForNothing(string value, uint expected) => Assert.Equal(expected, Merge(Configured, ("x-envoy-max-retries", value))?.NumRetries);

    [Theory]
    [InlineData("100", 100.0)]
    [InlineData("0", 0.0)]
    [InlineData("-1", null)]
    [InlineData("1s", null)]
    public void TheTimeoutIsInMilliseconds(string value, double? expected) =>
        Assert.Equal(expected, RetryRequestHeaders.Timeout(View(("x-envoy-upstream-rq-timeout-ms", value)))?.TotalMilliseconds);

    [Fact]
    public void TheLongestTimeoutDoesNotOverflow() =>
        Assert.True(RetryRequestHeaders.Timeout(View(("x-envoy-upstream-rq-timeout-ms", "18446744073709551615"))) > TimeSpan.FromDays(1_000_000));

    private static RetryPolicyResource? Merge(RetryPolicyResource? policy, params (string Name, string Value)[] headers) => RetryRequestHeaders.Merge(policy, View(headers));

    private static RequestView View(params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage();
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return new RequestView("GET", "http", "a", "/", request.Headers, null);
    }
}
