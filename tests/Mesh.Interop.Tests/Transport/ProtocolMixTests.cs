using Mesh.Interop.Tests.Protos;
using Mesh.Interop.Tests.Transport.Matrix;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>Calls of several kinds on one cluster over TLS: what one of them made the connections learn must not hurt the others.</summary>
public sealed class ProtocolMixTests : IDisposable
{
    private const string Ok = "200";
    private const string GrpcOk = "200 grpc-status 0";
    private const string GrpcRefused = "UF grpc-status 14";
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    // One connection of each protocol.
    [InlineData("default", HttpProtocols.Http1AndHttp2, Ok, Ok, GrpcOk, 2)]
    [InlineData("auto", HttpProtocols.Http1AndHttp2, Ok, Ok, GrpcOk, 2)]
    // A refusal costs a connection each time.
    [InlineData("default", HttpProtocols.Http1, Ok, Ok, GrpcRefused, 3)]
    // ... unless the runtime already knows, from the first call, that this server has no HTTP/2.
    [InlineData("auto", HttpProtocols.Http1, Ok, Ok, GrpcRefused, 1)]
    [InlineData("auto", HttpProtocols.Http2, Ok, "UF 503", GrpcOk, 3)]
    public async Task EachKindOfCallGoesItsOwnWay(string cluster, HttpProtocols served, string get, string sync, string grpc, int sockets)
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = served;
            o.Certificate = certificate;
        });
        var files = new PemFolder(_folder["tls"], certificate);
        var cells = new[] { ("get", "async"), ("get", "sync"), ("grpc", "async") }
            .Select(c => new MatrixCell("", cluster, "https", c.Item1, c.Item2, "1.1-lower")).ToList();
        await using var mesh = await MeshedClient.StartAsync("services:\n" + cells[0].Service("shop", server.Port, files.AuthorityFile));
        for (var round = 0; round < 2; round++)
        {
            var answers = new List<string>();
            foreach (var cell in cells)
                answers.Add((await MatrixCall.SendAsync(mesh.Http, cell, new Uri("https://shop/x"), new EchoRequest())).Answer);
            Assert.Equal([get, sync, grpc], answers);
        }

        Assert.Equal(sockets, server.Counts.Connections);
    }
}
