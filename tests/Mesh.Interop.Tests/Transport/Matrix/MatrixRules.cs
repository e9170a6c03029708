namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>
/// What must become of a cell, by the rules the transport was designed with. They do not ask what version the caller wants: the
/// cluster decides.
/// </summary>
internal static class MatrixRules
{
    /// <summary>Calls in a row for each cell.</summary>
    public const int Calls = 5;

    private const string Http11 = "http/1.1";
    private const string Http2 = "h2";

    /// <summary>The outcome of every cell of these servers.</summary>
    public static Dictionary<MatrixCell, MatrixOutcome> Expect(MatrixServer[] servers, IEnumerable<MatrixCell> cells) =>
        cells.ToDictionary(cell => cell, cell => Expect(cell, servers.Single(server => server.Name == cell.Server)));

    private static MatrixOutcome Expect(MatrixCell cell, MatrixServer server)
    {
        // The cluster's transport socket decides the scheme. It may give more than the URL asks for, never less.
        if (cell.Scheme == "https" && !server.IsTls)
            return new MatrixOutcome(LocalReply(cell, "DPE"), null, 0);

        // gRPC needs HTTP/2; without TLS there is nothing by which auto could learn that the server speaks it.
        var speaksHttp1 = cell.Cluster == "http1" || (cell.Cluster == "auto" && !server.IsTls);
        if (cell.IsGrpc && speaksHttp1)
            return new MatrixOutcome(LocalReply(cell, "DPE"), null, 0);

        // The runtime sends synchronously over HTTP/1.1 only, so that is what a synchronous call takes where it may.
        var mustBeHttp2 = cell.Cluster == "http2" || cell.IsGrpc;
        if (cell.IsSync && mustBeHttp2)
            return new MatrixOutcome(nameof(NotSupportedException), null, 0);

        var wanted = mustBeHttp2 ? Http2 : Http11;
        if (!server.IsTls)
        {
            return wanted == server.Plain
                ? Success(cell, "http", wanted, null)
                : new MatrixOutcome(Failure(cell, server.ToOtherProtocol), null, Calls);
        }

        string[] offered = cell.Cluster == "auto" && !mustBeHttp2 && !cell.IsSync ? [Http2, Http11] : [wanted];
        return server.Alpn!.FirstOrDefault(offered.Contains) is { } agreed
            ? Success(cell, "https", agreed, agreed)
            : new MatrixOutcome(LocalReply(cell, "UF"), null, Calls);
    }

    private static MatrixOutcome Success(MatrixCell cell, string scheme, string protocol, string? alpn) => new(
        cell.IsGrpc ? "200 grpc-status 0" : "200",
        MatrixOutcome.Arrival(protocol == Http2 ? "HTTP/2" : "HTTP/1.1", alpn, scheme, MatrixOutcome.CallersAuthority),
        1);

    private static string Failure(MatrixCell cell, string answer) => answer.All(char.IsDigit) ? answer : LocalReply(cell, answer);

    private static string LocalReply(MatrixCell cell, string flag) => cell.IsGrpc ? $"{flag} grpc-status 14" : $"{flag} 503";
}
