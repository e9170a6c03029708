using Mesh.Interop.Tests.Protos;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>Every way to call through the mesh against Kestrel: what is asked and what is served against what arrives.</summary>
public sealed class TransportMatrixTests : IDisposable
{
    private const string TableFile = "matrix.kestrel.txt";
    private static readonly string[] Contents = ["get", "grpc"];
    private static readonly string[] Sends = ["async", "sync"];

    // Kestrel that speaks h2 alone answers h1 with 400, and one that speaks h1 alone breaks off on an h2 preface.
    private static readonly MatrixServer[] Servers =
    [
        new("h1", Plain: "http/1.1", ToOtherProtocol: "UC"),
        new("h2c", Plain: "h2", ToOtherProtocol: "400"),
        new("tls-both", Alpn: ["h2", "http/1.1"]),
        new("tls-h1", Alpn: ["http/1.1"]),
        new("tls-h2", Alpn: ["h2"]),
    ];

    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TheTableFollowsTheRules() =>
        MatrixTable.Read(TableFile).AssertIs(MatrixRules.Expect(Servers, MatrixCell.All(Servers.Select(s => s.Name), Contents, Sends)));

    [Theory]
    [InlineData("h1", HttpProtocols.Http1)]
    [InlineData("h2c", HttpProtocols.Http2)]
    [InlineData("tls-both", HttpProtocols.Http1AndHttp2)]
    [InlineData("tls-h1", HttpProtocols.Http1)]
    [InlineData("tls-h2", HttpProtocols.Http2)]
    public async Task WhatHappensIsWhatTheTableSays(string server, HttpProtocols protocols)
    {
        using var certificate = _authority.IssueServer("shop.test");
        var files = new PemFolder(_folder["tls"], certificate);
        var tls = server.StartsWith("tls", StringComparison.Ordinal);
        await using var kestrel = await TestServer.StartAsync(o =>
        {
            o.Protocols = protocols;
            o.Certificate = tls ? certificate : null;
        });

        // A cluster for each cell, so that none finds the connections of another.
        var cells = MatrixCell.All([server], Contents, Sends).Select((cell, i) => (Cell: cell, Host: $"cell-{i}")).ToList();
        string Service(MatrixCell cell, string host) => cell.Service(host, kestrel.Port, tls ? files.AuthorityFile : null);
        await using var mesh = await MeshedClient.StartAsync(
            "services:\n" + string.Concat(cells.Select(c => Service(c.Cell, c.Host) + Service(c.Cell, $"{c.Host}-again"))));
        var table = MatrixTable.Read(TableFile);
        var found = new Dictionary<MatrixCell, MatrixOutcome>();
        foreach (var (cell, host) in cells)
        {
            found[cell] = await RunAsync(mesh.Http, kestrel, cell, host);

            // On a busy machine the runtime may open a second connection before the first is back; what is ours differs every time.
            if (!table.Has(cell, found[cell]))
                found[cell] = await RunAsync(mesh.Http, kestrel, cell, $"{host}-again");
        }

        table.AssertIs(found);
    }

    private static async Task<MatrixOutcome> RunAsync(HttpClient client, TestServer kestrel, MatrixCell cell, string host)
    {
        var socketsBefore = kestrel.Counts.Connections;
        var answers = new List<string>();
        for (var i = 0; i < MatrixRules.Calls; i++)
        {
            var (answer, _) = await MatrixCall.SendAsync(client, cell, new Uri($"{cell.Scheme}://{host}/{host}"), new EchoRequest());
            answers.Add(answer);
        }

        var records = kestrel.Records.Where(r => r.Path == $"/{host}").ToList();
        var arrived = records.Count == 0 ? null : MatrixOutcome.Join(records.Select(r => Describe(r, host)));
        if (records.Count is not (0 or MatrixRules.Calls))
            arrived += $", {records.Count} arrived";
        return new MatrixOutcome(MatrixOutcome.Join(answers), arrived, kestrel.Counts.Connections - socketsBefore);
    }

    private static string Describe(RequestRecord record, string host) => MatrixOutcome.Arrival(
        record.Protocol, record.Alpn, record.Scheme, record.Authority == host ? MatrixOutcome.CallersAuthority : record.Authority);
}
