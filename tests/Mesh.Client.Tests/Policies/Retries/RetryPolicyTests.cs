using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>What each condition retries.</summary>
public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(RetryConditions.ServerError, "500 503 599", "200 409 499 600")]
    [InlineData(RetryConditions.GatewayError, "502 503 504", "500 501 505")]
    [InlineData(RetryConditions.Retriable4xx, "409", "400 404 429 500")]
    [InlineData(RetryConditions.RetriableStatusCodes, "418 302", "500 409")]
    [InlineData(RetryConditions.ConnectFailure, "", "500 503")]
    [InlineData(RetryConditions.None, "", "500 418")]
    public void StatusesAreRetried(object conditions, string yes, string no)
    {
        RetryPolicy policy = Create((RetryConditions)conditions);
        Assert.All(yes.Split(' ', StringSplitOptions.RemoveEmptyEntries), status => Assert.True(policy.RetriesStatus(Number(status)), status));
        Assert.All(no.Split(' ', StringSplitOptions.RemoveEmptyEntries), status => Assert.False(policy.RetriesStatus(Number(status)), status));
    }

    [Theory]
    [InlineData(RetryConditions.GrpcCancelled, 1)]
    [InlineData(RetryConditions.GrpcDeadlineExceeded, 4)]
    [InlineData(RetryConditions.GrpcResourceExhausted, 8)]
    [InlineData(RetryConditions.GrpcInternal, 13)]
    [InlineData(RetryConditions.GrpcUnavailable, 14)]
    public void EachGrpcStatusHasItsCondition(object condition, int status)
    {
        RetryPolicy policy = Create((RetryConditions)condition);
        Assert.Equal([status], Enumerable.Range(-1, 20).Where(policy.RetriesGrpcStatus));
    }

    [Theory]
    [InlineData(RetryConditions.ServerError, false, "Connect Reset RefusedStream PerTryTimeout")]
    [InlineData(RetryConditions.GatewayError, false, "Connect Reset RefusedStream PerTryTimeout")]
    [InlineData(RetryConditions.Reset, false, "Connect Reset RefusedStream PerTryTimeout")]
    [InlineData(RetryConditions.ResetBeforeRequest, false, "Connect")]
    [InlineData(RetryConditions.ConnectFailure, false, "Connect")]
    [InlineData(RetryConditions.RefusedStream, false, "RefusedStream")]
    [InlineData(RetryConditions.Retriable4xx, false, "")]
    [InlineData(RetryConditions.GrpcUnavailable, false, "")]
    [InlineData(RetryConditions.GrpcUnavailable, true, "Connect Reset RefusedStream")]
    [InlineData(RetryConditions.GrpcDeadlineExceeded, true, "PerTryTimeout")]
    [InlineData(RetryConditions.GrpcDeadlineExceeded, false, "")]
    public void FailuresAreRetried(object condition, bool grpc, string expected)
    {
        RetryPolicy policy = Create((RetryConditions)condition);
        Assert.Equal(expected, string.Join(' ', Enum.GetValues<AttemptFailure>().Where(failure => policy.RetriesFailure(failure, grpc, sent: failure != AttemptFailure.Connect))));
    }

    /// <summary>A limit of our own is not retried, whatever the policy; before a byte has left, reset-before-request is enough.</summary>
    [Fact]
    public void WhatWasNotSentAndWhatMustNotBe()
    {
        RetryPolicy all = Create((RetryConditions)int.MaxValue);
        Assert.False(all.RetriesFailure(AttemptFailure.Overflow, grpc: false, sent: false));
        Assert.False(all.RetriesFailure(AttemptFailure.Overflow, grpc: true, sent: false));
        Assert.True(Create(RetryConditions.ResetBeforeRequest).RetriesFailure(AttemptFailure.Reset, grpc: false, sent: false));
    }

    /// <summary>A limit of an attempt counts without any retries, and for requests that may not be sent again.</summary>
    [Fact]
    public void LimitsOfAnAttemptStandAlone()
    {
        Assert.Null(RetryPolicy.Create(new RetryPolicyResource { RetryOn = RetryConditions.ServerError, NumRetries = 0 }));
        Assert.Null(RetryPolicy.Create(new RetryPolicyResource()));
        Assert.Equal(0u, RetryPolicy.Create(new RetryPolicyResource { PerTryTimeout = TimeSpan.FromSeconds(1) })?.NumRetries);

        var resource = new RetryPolicyResource { RetryOn = RetryConditions.ServerError, RetriableRequestHeaders = [new() { Name = "x-safe" }] };
        Assert.Null(new RetryPolicy(resource).For(new Mesh.Matching.RequestView("GET", "http", "a", "/", null, null)));
        RetryPolicy? left = new RetryPolicy(resource with { PerTryIdleTimeout = TimeSpan.FromSeconds(2) }).For(new Mesh.Matching.RequestView("GET", "http", "a", "/", null, null));
        Assert.Equal((0u, TimeSpan.FromSeconds(2)), (left?.NumRetries, left?.PerTryIdleTimeout));
    }

    [Fact]
    public void APerTryTimeoutOfZeroIsNone()
    {
        Assert.Null(new RetryPolicy(new RetryPolicyResource { PerTryTimeout = TimeSpan.Zero }).PerTryTimeout);
        Assert.Equal(TimeSpan.FromTicks(1), new RetryPolicy(new RetryPolicyResource { PerTryTimeout = TimeSpan.FromTicks(1) }).PerTryTimeout);
    }

    [Fact]
    public void NamesAreEnvoysOwn() =>
        Assert.Equal(["5xx", "connect-failure", "unavailable"], Create(RetryConditions.GrpcUnavailable | RetryConditions.ServerError | RetryConditions.ConnectFailure).Names);

    private static RetryPolicy Create(RetryConditions conditions) => new(new RetryPolicyResource { RetryOn = conditions, RetriableStatusCodes = [418, 302] });

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
