namespace Mesh.TestKit.Servers;

/// <summary>What a server has counted so far, at one moment.</summary>
/// <param name="Connections">Connections accepted, also those whose TLS handshake then failed.</param>
/// <param name="OpenConnections">Those of them that are still open.</param>
/// <param name="Requests">Requests that have arrived.</param>
/// <param name="AbortedRequests">Requests that ended by an abort, from either side.</param>
/// <param name="ByPath">Requests by path, as it was written and without its query.</param>
/// <param name="ByHost">Requests by `:authority` or `Host`.</param>
/// <param name="ByConnection">Requests by connection, in the order in which the connections came.</param>
public sealed record ServerCounts(
    int Connections,
    int OpenConnections,
    long Requests,
    long AbortedRequests,
    IReadOnlyDictionary<string, long> ByPath,
    IReadOnlyDictionary<string, long> ByHost,
    IReadOnlyList<long> ByConnection);
