using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Mesh.Tool;

/// <summary>Sends the calls of a plan, one request message a call, and never sends one again.</summary>
internal sealed class Caller(HttpMessageHandler handler, CallPlan plan, CallTally tally) : IDisposable
{
    private readonly HttpClient _client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TimeProvider _time = TimeProvider.System;
    private int _next = -1;

    public void Dispose() => _client.Dispose();

    public Task RunAsync(CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, Math.Min(plan.Concurrency, plan.Calls)).Select(_ => WorkAsync(start, cancellationToken)));
    }

    private async Task WorkAsync(long start, CancellationToken cancellationToken)
    {
        while (Interlocked.Increment(ref _next) is var turn && turn < plan.Calls && !cancellationToken.IsCancellationRequested)
        {
            if (plan.Rate is { } rate && TimeSpan.FromSeconds(turn / rate) - _time.GetElapsedTime(start) is { Ticks: > 0 } wait)
                await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CallAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request();
        long sent = _time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (plan.Grpc)
                body = Unframe(body);
            tally.Answered(Status(response), Convert.ToHexStringLower(SHA256.HashData(body)), IsLocal(response), _time.GetElapsedTime(sent));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or NotSupportedException)
        {
            tally.Unanswered(e, _time.GetElapsedTime(sent));
        }
    }

    /// <summary>A server may send such a header too; what the mesh itself answers lies in memory.</summary>
    private static bool IsLocal(HttpResponseMessage response) => response.Content is ByteArrayContent && response.Headers.Contains(Calls.LocalReply.FlagHeader);

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(plan.Method, plan.Url);
        if (plan.Http2 || plan.Grpc)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        if (plan.Grpc)
        {
            request.Content = new ByteArrayContent(Frame(plan.Body ?? []));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }
        else if (plan.Body is not null)
        {
            request.Content = new ByteArrayContent(plan.Body);
        }

        RequestArguments.Add(request, plan.Headers);
        return request;
    }

    private string Status(HttpResponseMessage response)
    {
        if (!plan.Grpc)
            return ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        int? status = Calls.GrpcMessages.Status(response.TrailingHeaders) ?? Calls.GrpcMessages.Status(response.Headers);
        return status is { } code ? $"grpc:{code}" : $"grpc:none ({(int)response.StatusCode})";
    }

    /// <summary>gRPC's length-prefixed message, uncompressed.</summary>
    private static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Unframe(byte[] body)
    {
        using var messages = new MemoryStream();
        ReadOnlySpan<byte> rest = body;
        while (rest.Length >= 5 && BinaryPrimitives.ReadUInt32BigEndian(rest[1..]) is var length && length <= rest.Length - 5)
        {
            messages.Write(rest.Slice(5, (int)length));
            rest = rest[(5 + (int)length)..];
        }

        return messages.ToArray();
    }
}
