using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Mesh.TestKit.ControlPlane;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;

namespace Mesh.Client.Tests.TestKit;

/// <summary>One call of a control plane by hand: a stock HttpClient, frames, and the generated messages. It shares no code with the library's client.</summary>
internal sealed class RawAdsCall : IAsyncDisposable
{
    public const string Sotw = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
    public const string Delta = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
    public const string Lrs = "/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Pipe _requests = new();
    private readonly HttpClient _http;
    private readonly Task<HttpResponseMessage> _response;
    private Stream? _body;

    public RawAdsCall(AdsServer server, string method, SocketsHttpHandler? handler = null, string? token = null)
    {
        IsDelta = method == Delta;
        _http = new HttpClient(handler ?? new SocketsHttpHandler());
        string host = server.Address.StartsWith("unix:", StringComparison.Ordinal) ? "localhost" : server.Address;
        string scheme = handler?.SslOptions.CertificateChainPolicy is null ? "http" : "https";
        var request = new HttpRequestMessage(HttpMethod.Post, $"{scheme}://{host}{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new DuplexContent(_requests.Reader),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _response = _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public bool IsDelta { get; }

    /// <summary>The same as the constructor, for tests that keep their call in a field.</summary>
    public static RawAdsCall Open(AdsServer server, string method) => new(server, method);

    public async Task SendAsync(IMessage message)
    {
        byte[] bytes = message.ToByteArray();
        await SendRawAsync([0, .. Length(bytes.Length), .. bytes]);
    }

    public async Task SendRawAsync(byte[] bytes) => await _requests.Writer.WriteAsync(bytes);

    public Task AskAsync(string type, params string[] names) => AskAsync(type, null, names);

    /// <summary>A state-of-the-world request; with a response it is its ACK, too.</summary>
    public Task AskAsync(string type, DiscoveryResponse? acked, params string[] names) => SendAsync(new DiscoveryRequest
    {
        TypeUrl = Url(type),
        ResourceNames = { names },
        VersionInfo = acked?.VersionInfo ?? "",
        ResponseNonce = acked?.Nonce ?? "",
    });

    public Task NackAsync(DiscoveryResponse response, string error, params string[] names) => SendAsync(new DiscoveryRequest
    {
        TypeUrl = response.TypeUrl,
        ResourceNames = { names },
        ResponseNonce = response.Nonce,
        ErrorDetail = new Status { Code = 3, Message = error },
    });

    public Task SubscribeAsync(string type, params string[] names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = Url(type), ResourceNamesSubscribe = { names } });

    public Task UnsubscribeAsync(string type, params string[] names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = Url(type), ResourceNamesUnsubscribe = { names } });

    public Task AckAsync(DeltaDiscoveryResponse response) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce });

    public Task<DiscoveryResponse> ReadAsync() => ReadAsync(DiscoveryResponse.Parser);

    public Task<DeltaDiscoveryResponse> ReadDeltaAsync() => ReadAsync(DeltaDiscoveryResponse.Parser);

    public async Task<T> ReadAsync<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        byte[] message = await ReadMessageAsync() ?? throw new EndOfStreamException("the stream ended");
        return parser.ParseFrom(message);
    }

    /// <summary>The next message; null at the end of the stream.</summary>
    public async Task<byte[]?> ReadMessageAsync()
    {
        Stream body = await BodyAsync();
        var header = new byte[5];
        int read = await body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Limit);
        if (read == 0)
            return null;
        Xunit.Assert.Equal(header.Length, read);
        var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(message).AsTask().WaitAsync(Limit);
        return header[0] == 0 ? message : Unzip(message);
    }

    public async Task<byte[]> ReadRawAsync(int count)
    {
        var bytes = new byte[count];
        await (await BodyAsync()).ReadExactlyAsync(bytes).AsTask().WaitAsync(Limit);
        return bytes;
    }

    /// <summary>Reads to the end and gives the call's status, from the trailers or of a Trailers-Only answer.</summary>
    public async Task<(int Status, string Message)> EndAsync()
    {
        HttpResponseMessage response = await _response.WaitAsync(Limit);
        if (response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? only))
            return (Number(only), Text(response.Headers));
        while (await ReadMessageAsync() is not null)
        {
        }

        return (Number(response.TrailingHeaders.GetValues("grpc-status")), Text(response.TrailingHeaders));
    }

    public async Task CompleteAsync() => await _requests.Writer.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await _requests.Writer.CompleteAsync();
        _http.Dispose();
        try
        {
            (await _response).Dispose();
        }
        catch (HttpRequestException)
        {
            // The server was away, which is what the test is about.
        }
        catch (OperationCanceledException)
        {
            // No answer had come.
        }
    }

    public static string Url(string type) => $"type.googleapis.com/{type}";

    private static int Number(IEnumerable<string> values) => int.Parse(values.Single(), CultureInfo.InvariantCulture);

    private static string Text(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-message", out IEnumerable<string>? values) ? Uri.UnescapeDataString(values.Single()) : "";

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)length);
        return bytes;
    }

    private static byte[] Unzip(byte[] message)
    {
        var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private async Task<Stream> BodyAsync() => _body ??= await (await _response.WaitAsync(Limit)).Content.ReadAsStreamAsync();

    private sealed class DuplexContent : HttpContent
    {
        private readonly PipeReader _reader;

        public DuplexContent(PipeReader reader)
        {
            _reader = reader;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            while (true)
            {
                ReadResult read = await _reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                    await stream.WriteAsync(segment);
                await stream.FlushAsync();
                _reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
