using System.Net.Http.Headers;
using Mesh.Interop.Tests.Protos;
using Mesh.Interop.Tests.Smoke;
using Mesh.Wire.Grpc;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>The mesh, told of its control plane by the same bootstrap file, called as a gRPC client calls.</summary>
internal sealed class MeshClientUnderTest : IXdsClientUnderTest
{
    private readonly MeshHost _host;
    private readonly HttpClient _client;

    private MeshClientUnderTest(MeshHost host)
    {
        _host = host;
        _client = new HttpClient(host.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public static ClientKind Kind(bool delta) => new(delta ? "mesh (delta)" : "mesh", async bootstrap =>
    {
        var options = new MeshOptions { DrainTimeout = TimeSpan.Zero };
        options.UseXds(xds =>
        {
            xds.BootstrapPath = bootstrap;
            xds.Delta = delta;
        });
        return new MeshClientUnderTest(await MeshHost.StartAsync(options));
    });

    public async Task<CallResult> CallAsync(string host, IReadOnlyDictionary<string, string>? headers, TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline, TimeProvider.System);
        var content = new ByteArrayContent(GrpcCall.Frame(new EchoRequest { Text = "x" }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}/mesh.test.Echo/Unary")
        {
            Content = content,
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            var reply = await GrpcCall.ReadAsync(body, EchoReply.Parser);
            while (await GrpcCall.ReadAsync(body, EchoReply.Parser) is not null)
            {
            }

            int code = Calls.GrpcMessages.Status(response.TrailingHeaders) ?? Calls.GrpcMessages.Status(response.Headers) ?? (int)GrpcStatusCode.Unknown;
            string? detail = response.Headers.TryGetValues("x-mesh-reason", out var reasons) ? string.Join(' ', reasons) : null;
            return new CallResult(new GrpcStatus((GrpcStatusCode)code, "").Name, reply?.Server, detail);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new CallResult("DEADLINE_EXCEEDED");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }
}
