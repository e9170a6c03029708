namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>What became of a cell's calls, which are all alike.</summary>
/// <param name="Answer">What the caller got: a status, a local reply with its flag, or an exception.</param>
/// <param name="Arrived">What the server saw; null when no request arrived.</param>
/// <param name="Sockets">Connections opened, counted at the server.</param>
internal sealed record MatrixOutcome(string Answer, string? Arrived, long Sockets)
{
    /// <summary>What stands for the caller's own authority in <see cref="Arrived"/>.</summary>
    public const string CallersAuthority = "caller's authority";

    /// <summary>Words what a server sees of a request; h2 over TLS and without are told apart by the ALPN result.</summary>
    public static string Arrival(string protocol, string? alpn, string scheme, string authority) =>
        $"{protocol}, ALPN {alpn ?? "none"}, {scheme}, {authority}";

    /// <summary>Joins what was seen of several calls: one text when they were alike.</summary>
    public static string Join(IEnumerable<string> seen) => string.Join(" then ", seen.Distinct());

    public override string ToString() => $"{Answer}; {Arrived ?? "nothing arrived"}; {Sockets} {(Sockets == 1 ? "socket" : "sockets")}";
}
