using System.Net;
using System.Security.Cryptography;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The request's body of a call that is tried again.</summary>
public sealed class RetryBodyTests : MeshTest
{
    private const int Limit = 64 * 1024;
    private const string Retry = "retry: { retries: 1, on: [5xx], backoff: 1ms }";
    private int _requests;

    [Theory]
    [InlineData(1)]
    [InlineData(Limit)]
    public async Task AStreamedBodyWithinTheLimitIsReplayedByteForByte(int length)
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));
        byte[] bytes = Bytes(length);
        var body = new CountedContent(bytes);

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([Hash(bytes), Hash(bytes)], server.Records.Select(record => record.Body?.Sha256));
        Assert.Equal(1, body.Serializations);
    }

    [Fact]
    public async Task ALongerOneIsSentOnceAndItsAnswerIsTheCallers()
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));
        var body = new CountedContent(Bytes(Limit + 1));

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", body);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal((1, 1L), (body.Serializations, server.Counts.Requests));
        Assert.Equal((null, true), (mesh.Outcome.Flag, mesh.Outcome.NotRetried?.Contains("longer than BodyReplayLimit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AFailureOfALongerOneSaysWhyItIsNotSentAgain()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/reset", new CountedContent(Bytes(Limit + 1)));

        Assert.Equal(("UC", 1), (response.Header("x-mesh-flag"), mesh.Outcome.Attempts));
        Assert.Contains("not tried again: its body cannot be sent again", response.Header("x-mesh-reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLimitIsAnOption()
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry), options => options.BodyReplayLimit = 2 * Limit);

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", new CountedContent(Bytes(2 * Limit)));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task BytesInMemoryAreSentAgainWhateverTheirLength()
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));
        byte[] bytes = Bytes(10 * Limit);

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", new ByteArrayContent(bytes));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([Hash(bytes), Hash(bytes)], server.Records.Select(record => record.Body?.Sha256));
    }

    [Fact]
    public async Task AStreamNobodyAskedForIsStillThereForTheNextEndpoint()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA([FreePort.Next(), server.Port], "retry: 1"));
        byte[] bytes = Bytes(20 * Limit);
        for (int i = 0; i < 4; i++)
        {
            var body = new CountedContent(bytes);
            using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", body);
            Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, body.Serializations));
        }

        Assert.Contains(mesh.Outcomes, outcome => outcome.Attempts == 2);
        Assert.All(server.Records, record => Assert.Equal(Hash(bytes), record.Body?.Sha256));
    }

    [Fact]
    public async Task LengthAndTypeGoWithEveryAttempt()
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));
        using var body = new StreamContent(new MemoryStream(Bytes(100)));
        body.Headers.Add("Content-Type", "text/x-mine");

        (await mesh.Client.PostAsync("http://a/upload", body)).Dispose();

        Assert.Equal(2, server.Records.Count);
        Assert.All(server.Records, record => Assert.Equal(("100", "text/x-mine"), (record.Header("Content-Length"), record.Header("Content-Type"))));
    }

    /// <summary>The body is the caller's: what it throws is neither a connection's failure nor a reason to try again.</summary>
    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(IOException))]
    public async Task WhatTheBodyThrowsIsThrownToTheCaller(Type kind)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, Retry));
        var failure = (Exception)Activator.CreateInstance(kind, "mine")!;
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/upload", body);
        await body.WriteAsync("a"u8.ToArray());

        body.Fail(failure);

        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Same(failure, thrown is HttpRequestException ? thrown.InnerException : thrown);
        Assert.Equal((1, "DPE"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    private async Task<bool> FailFirstAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return false;
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return true;
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
