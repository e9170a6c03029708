using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Mesh.Benchmarks;

/// <summary>What the mesh is measured against, all in one place.</summary>
internal static class Baseline
{
    /// <summary>
    /// Connections with the settings the mesh's own have. The defaults (redirects, cookies, a proxy) would make the baseline dearer
    /// and the mesh look cheaper.
    /// </summary>
    public static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
    };

    /// <summary>Retries, each attempt with a limit, by Polly.Core as its own handlers for HTTP run it.</summary>
    public static DelegatingHandler Polly(HttpMessageHandler inner) => new PollyHandler(inner);

    /// <summary>What loading a text cannot cost less than: its resources from the binary form, and its JSON read once.</summary>
    public static void Load(IReadOnlyList<(MessageParser Parser, byte[] Wire)> resources, ReadOnlyMemory<byte> text)
    {
        foreach (var (parser, wire) in resources)
            parser.ParseFrom(wire);
        JsonDocument.Parse(text).Dispose();
    }

    private sealed class PollyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(25),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome switch
                {
                    { Exception: HttpRequestException or TimeoutRejectedException } => true,
                    { Result.StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } => true,
                    _ => false,
                }),
            })
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
            try
            {
                Outcome<HttpResponseMessage> outcome = await _pipeline.ExecuteOutcomeAsync(
                    static async (context, call) =>
                    {
                        try
                        {
                            return Outcome.FromResult(await call.Handler.SendOnwardAsync(call.Request, context.CancellationToken));
                        }
                        catch (Exception e)
                        {
                            return Outcome.FromException<HttpResponseMessage>(e);
                        }
                    },
                    context,
                    (Handler: this, Request: request));
                outcome.ThrowIfException();
                return outcome.Result!;
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }

        private Task<HttpResponseMessage> SendOnwardAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);
    }
}
