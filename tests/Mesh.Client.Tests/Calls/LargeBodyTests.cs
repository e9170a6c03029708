using System.Security.Cryptography;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>By itself, because what it measures is the process's memory.</summary>
[CollectionDefinition("Memory", DisableParallelization = true)]
public sealed class MemoryTests;

/// <summary>Bodies far larger than what may be kept of them.</summary>
[Collection("Memory")]
public sealed class LargeBodyTests : MeshTest
{
    private const long MiB = 1 << 20;
    private const long Bound = 16 * MiB;

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public Task AGibibyteUp(HttpProtocols protocols) => UploadAsync(protocols, 1024 * MiB);

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task SixtyFourMebibytesDown(HttpProtocols protocols)
    {
        TestMesh mesh = await StartAsync(protocols);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/stream/1024", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[MiB];
        for (int i = 0; i < 63; i++)
            await body.ReadExactlyAsync(buffer);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        await body.ReadExactlyAsync(buffer);

        Assert.Equal(0, await body.ReadAsync(buffer));
        Assert.InRange(grown, long.MinValue, Bound);
    }

    private async Task UploadAsync(HttpProtocols protocols, long length)
    {
        TestMesh mesh = await StartAsync(protocols);
        var body = new MadeUpStream(length);

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/upload", new StreamContent(body, (int)MiB / 4));

        string answer = await response.Content.ReadAsStringAsync();
        Assert.Equal($$"""{"length":{{length}},"sha256":"{{body.Hash}}"}""", answer);
        Assert.InRange(body.Grown, long.MinValue, Bound);
    }

    /// <summary>With retries on, so that the beginning of the body is kept until it is too long.</summary>
    private async Task<TestMesh> StartAsync(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(protocols: protocols);
        return await StartMeshAsync(ServiceA(
            server, "timeout: 0s", $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}", "retry: { retries: 3, on: [5xx] }"));
    }

    /// <summary>Bytes made as they are read, and what memory had grown by shortly before the end.</summary>
    private sealed class MadeUpStream(long length) : Stream
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly long _measureAt = length - (MiB / 2);
        private long _position;

        public long Grown { get; private set; } = long.MaxValue;

        public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, length - _position);
            buffer.AsSpan(offset, count).Fill((byte)(_position >> 16));
            _hash.AppendData(buffer, offset, count);
            _position += count;
            if (_position >= _measureAt && Grown == long.MaxValue)
                Grown = GC.GetTotalMemory(forceFullCollection: true) - _before;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            // The hash is asked for after the content was sent, which disposes its stream.
            base.Dispose(disposing);
        }
    }
}
