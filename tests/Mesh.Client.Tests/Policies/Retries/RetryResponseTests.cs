using System.Net;
using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Which responses are retried for their headers.</summary>
public sealed class RetryResponseTests
{
    [Theory]
    [InlineData(RetryConditions.RetriableHeaders, 200, "x-retry", "no", true)]
    [InlineData(RetryConditions.RetriableHeaders, 200, "X-Verdict", "retry-please", true)]
    [InlineData(RetryConditions.RetriableHeaders, 200, "x-verdict", "dont", false)]
    [InlineData(RetryConditions.RetriableHeaders, 504, "x-other", "x", true)]
    [InlineData(RetryConditions.RetriableHeaders, 505, "x-other", "x", false)]
    [InlineData(RetryConditions.ServerError, 200, "x-retry", "yes", false)]
    public void RetriableHeadersMatchTheStatusToo(object conditions, int status, string name, string value, bool expected) =>
        Assert.Equal(expected, Retries((RetryConditions)conditions, status, grpc: false, (name, value)));

    /// <summary>A header of the content is a header of the response.</summary>
    [Fact]
    public void TheContentsHeadersCount()
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) { Headers = { { "x-retry", "1" } } } };
        Assert.True(Create(RetryConditions.RetriableHeaders).RetriesResponse(new ResponseView(response), grpc: false));
    }

    [Theory]
    [InlineData(RetryConditions.EnvoyRateLimited, 429, true, true)]
    [InlineData(RetryConditions.EnvoyRateLimited, 429, false, false)]
    [InlineData(RetryConditions.ServerError, 503, true, false)]
    [InlineData(RetryConditions.ServerError, 503, false, true)]
    [InlineData(RetryConditions.ServerError | RetryConditions.EnvoyRateLimited, 503, true, true)]
    [InlineData(RetryConditions.ServerError | RetryConditions.EnvoyRateLimited, 503, false, true)]
    [InlineData(RetryConditions.ServerError | RetryConditions.EnvoyRateLimited, 200, false, false)]
    public void AnAnswerOfARateLimitIsRetriedWhereThatWasAskedForAlone(object conditions, int status, bool limited, bool expected) =>
        Assert.Equal(expected, Retries((RetryConditions)conditions, status, grpc: false, limited ? [("x-envoy-ratelimited", "true")] : []));

    /// <summary>What an overloaded proxy says of itself does not keep a retry from another endpoint, as in Envoy of today.</summary>
    [Fact]
    public void AnOverloadedProxyIsAnotherReason() => Assert.True(Retries(RetryConditions.ServerError, 503, grpc: false, ("x-envoy-overloaded", "true")));

    [Theory]
    [InlineData("14", true)]
    [InlineData("8", false)]
    [InlineData("270", false)]
    [InlineData("-14", false)]
    [InlineData("99999999999999999999999", false)]
    public void TheStatusOfATrailersOnlyResponse(string status, bool expected)
    {
        Assert.Equal(expected, Retries(RetryConditions.GrpcUnavailable, 200, grpc: true, ("grpc-status", status)));
        Assert.False(Retries(RetryConditions.GrpcUnavailable, 200, grpc: false, ("grpc-status", status)));
    }

    /// <summary>gRPC's own clients know the gRPC conditions alone (gRFC A44).</summary>
    [Theory]
    [InlineData(XdsDialect.Envoy, true, true)]
    [InlineData(XdsDialect.Grpc, true, false)]
    [InlineData(XdsDialect.Grpc, false, true)]
    public void InGrpcsDialectTheConditionsOfHttpAreNotOfGrpcCalls(XdsDialect dialect, bool grpc, bool expected)
    {
        var policy = new RetryPolicy(new RetryPolicyResource { Dialect = dialect, RetryOn = RetryConditions.ServerError });
        using var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(expected, policy.RetriesResponse(new ResponseView(response), grpc));
        Assert.Equal(expected, policy.RetriesFailure(AttemptFailure.Reset, grpc, sent: true));
    }

    private static bool Retries(RetryConditions conditions, int status, bool grpc, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return Create(conditions).RetriesResponse(new ResponseView(response), grpc);
    }

    private static RetryPolicy Create(RetryConditions conditions) => new(new RetryPolicyResource
    {
        RetryOn = conditions,
        RetriableHeaders =
        [
            new() { Name = "x-retry" }, new() { Name = "x-verdict", Value = new(StringMatchKind.Prefix, "retry") }, new() { Name = ":status", Range = new(500, 505) },
        ],
    });
}
