using Google.Protobuf;
using Mesh.Interop.Tests.Protos;
using Mesh.Interop.Tests.Smoke;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>
/// Every kind of gRPC call through the mesh against grpc-js, which shows neither scheme nor authority: it counts calls, sockets and
/// sessions. A gRPC call is asynchronous.
/// </summary>
public sealed class GrpcJsMatrixTests : IDisposable
{
    private const string TableFile = "matrix.grpc-js.txt";
    private static readonly string[] Contents = ["Unary", "ServerStream", "ClientStream", "Bidi"];
    private static readonly string[] Sends = ["async"];
    private static readonly MatrixServer[] Servers = [new("h2c", Plain: "h2"), new("tls", Alpn: ["h2"])];

    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TheTableFollowsTheRules()
    {
        var expected = MatrixRules.Expect(Servers, MatrixCell.All(Servers.Select(s => s.Name), Contents, Sends));
        foreach (var (cell, outcome) in expected.Where(entry => entry.Value.Arrived is not null))
            expected[cell] = outcome with { Arrived = Arrival(MatrixRules.Calls, 1) };
        MatrixTable.Read(TableFile).AssertIs(expected);
    }

    [PeerFact(Peer.GrpcJs)]
    public Task WithoutTlsItIsAsTheTableSays() => RunAsync("h2c", null);

    [PeerFact(Peer.GrpcJs)]
    public async Task WithTlsItIsAsTheTableSays()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await RunAsync("tls", new PemFolder(_folder["tls"], certificate));
    }

    private static async Task RunAsync(string server, PemFolder? certificate)
    {
        await using var peer = await GrpcJsPeer.StartAsync(certificate);

        // A cluster for each cell, so that none finds the connections of another.
        var cells = MatrixCell.All([server], Contents, Sends).Select((cell, i) => (Cell: cell, Host: $"cell-{i}")).ToList();
        await using var mesh = await MeshedClient.StartAsync(
            "services:\n" + string.Concat(cells.Select(c => c.Cell.Service(c.Host, peer.Port, certificate?.AuthorityFile))));
        var found = new Dictionary<MatrixCell, MatrixOutcome>();
        var before = await peer.GetCountsAsync();
        foreach (var (cell, host) in cells)
        {
            var answers = new List<string>();
            for (var i = 0; i < MatrixRules.Calls; i++)
                answers.Add(await CallAsync(mesh.Http, cell, host));
            var after = await peer.GetCountsAsync();
            var calls = after.Calls.Values.Sum() - before.Calls.Values.Sum();
            found[cell] = new MatrixOutcome(
                MatrixOutcome.Join(answers),
                calls == 0 ? null : Arrival(calls, after.Sessions - before.Sessions),
                after.Sockets - before.Sockets);
            before = after;
        }

        MatrixTable.Read(TableFile).AssertIs(found);
    }

    private static async Task<string> CallAsync(HttpClient client, MatrixCell cell, string host)
    {
        var request = new EchoRequest { Text = "t", Count = 2 };
        IMessage[] messages = cell.Content is "ClientStream" or "Bidi" ? [request, request] : [request];
        var url = new Uri($"{cell.Scheme}://{host}/mesh.test.Echo/{cell.Content}");
        var (answer, body) = await MatrixCall.SendAsync(client, cell, url, messages);
        if (answer == "200 grpc-status 0")
            Assert.Equal(cell.Content is "ServerStream" or "Bidi" ? 2 : 1, await CountAsync(body));
        return answer;
    }

    private static async Task<int> CountAsync(byte[] body)
    {
        using var stream = new MemoryStream(body);
        var count = 0;
        while (await GrpcCall.ReadAsync(stream, EchoReply.Parser) is not null)
            count++;
        return count;
    }

    private static string Arrival(int calls, int sessions) => $"{calls} calls, sessions: {sessions}";
}
