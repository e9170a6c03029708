using System.Globalization;
using System.Net;
using System.Text;
using Mesh.Interop.Tests.Smoke;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>Every way to call through the mesh against nginx; without gRPC, which its answers are not.</summary>
public sealed class NginxMatrixTests : IDisposable
{
    private const string TableFile = "matrix.nginx.txt";
    private static readonly string[] Contents = ["get"];
    private static readonly string[] Sends = ["async", "sync"];

    // To what it takes for no request of its protocol nginx answers with bytes that are none of the caller's.
    private static readonly MatrixServer[] Servers =
    [
        new("h1", Plain: "http/1.1", ToOtherProtocol: "UC"),
        new("h2c", Plain: "h2", ToOtherProtocol: "UC"),
        new("tls-h1", Alpn: ["http/1.1"]),
        new("tls-both", Alpn: ["h2", "http/1.1"]),
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

    [PeerFact(Peer.Nginx)]
    public async Task WhatHappensIsWhatTheTableSays()
    {
        using var certificate = _authority.IssueServer("shop.test");
        var files = new PemFolder(_folder["tls"], certificate);
        await using var nginx = await NginxPeer.StartAsync(certificate);
        using var observer = PlainClient.Create(nginx.Http1);

        // A cluster for each cell, so that none finds the connections of another.
        var cells = MatrixCell.All(Servers.Select(s => s.Name), Contents, Sends)
            .Select((cell, i) => (Cell: cell, Host: $"cell-{i}")).ToList();
        await using var mesh = await MeshedClient.StartAsync(
            "services:\n" + string.Concat(cells.Select(c => Service(c.Cell, c.Host, nginx, files.AuthorityFile) + Service(c.Cell, $"{c.Host}-again", nginx, files.AuthorityFile))));
        var table = MatrixTable.Read(TableFile);
        var found = new Dictionary<MatrixCell, MatrixOutcome>();
        foreach (var (cell, host) in cells)
        {
            found[cell] = await RunAsync(mesh.Http, observer, cell, host);

            // On a busy machine the runtime may open a second connection before the first is back; what is ours differs every time.
            if (!table.Has(cell, found[cell]))
                found[cell] = await RunAsync(mesh.Http, observer, cell, $"{host}-again");
        }

        table.AssertIs(found);
    }

    private static string Service(MatrixCell cell, string host, NginxPeer nginx, string authorityFile) => cell.Server switch
    {
        "h1" => cell.Service(host, nginx.Http1.Port, null),
        "h2c" => cell.Service(host, nginx.H2c.Port, null),
        "tls-h1" => cell.Service(host, nginx.TlsHttp1.Port, authorityFile),
        _ => cell.Service(host, nginx.TlsHttp2.Port, authorityFile),
    };

    private static async Task<MatrixOutcome> RunAsync(HttpClient client, HttpClient observer, MatrixCell cell, string host)
    {
        var socketsBefore = await AcceptedAsync(observer);
        var answers = new List<string>();
        var arrived = new List<string>();
        for (var i = 0; i < MatrixRules.Calls; i++)
        {
            var (answer, body) = await MatrixCall.SendAsync(client, cell, new Uri($"{cell.Scheme}://{host}/"));
            answers.Add(answer);
            if (answer == "200")
                arrived.Add(Describe(NginxAnswer.Parse(Encoding.UTF8.GetString(body)), host));
        }

        return new MatrixOutcome(
            MatrixOutcome.Join(answers),
            arrived.Count == 0 ? null : MatrixOutcome.Join(arrived),
            await AcceptedAsync(observer) - socketsBefore);
    }

    private static string Describe(NginxAnswer answer, string host) => MatrixOutcome.Arrival(
        answer.Protocol == "HTTP/2.0" ? "HTTP/2" : answer.Protocol,
        answer.Alpn.Length > 0 ? answer.Alpn : null,
        answer.Scheme,
        answer.Host == host ? MatrixOutcome.CallersAuthority : answer.Host);

    /// <summary>Connections accepted on all ports. The observer's own is one of them, and always the same.</summary>
    private static async Task<long> AcceptedAsync(HttpClient observer)
    {
        var status = await observer.GetStringAsync("__status");
        var numbers = status.Split('\n')[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
