namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>One cell: a way to call, by what the caller, the cluster's configuration and the server each say.</summary>
/// <param name="Server">What the server speaks.</param>
/// <param name="Cluster">The cluster's protocol.</param>
/// <param name="Scheme">The URL's scheme.</param>
/// <param name="Content">`get`, or the gRPC method.</param>
/// <param name="Send">`async` or `sync`.</param>
/// <param name="Version">The version and the policy that the caller asks for.</param>
internal sealed record MatrixCell(string Server, string Cluster, string Scheme, string Content, string Send, string Version)
{
    /// <summary>What a caller may ask for: the columns of a table.</summary>
    public static readonly string[] Versions = ["1.1-lower", "1.1-exact", "1.1-higher", "2.0-lower", "2.0-exact", "2.0-higher"];

    /// <summary>The protocols that the short form has, and none.</summary>
    public static readonly string[] Clusters = ["default", "http1", "http2", "auto"];

    /// <summary>The row of the cell.</summary>
    public string Row => $"{Server} {Cluster} {Scheme} {Content} {Send}";

    public bool IsGrpc => Content != "get";

    public bool IsSync => Send == "sync";

    /// <summary>Every cell of these axes, in the order of the table.</summary>
    public static IEnumerable<MatrixCell> All(IEnumerable<string> servers, string[] contents, string[] sends) =>
        from server in servers
        from cluster in Clusters
        from scheme in (string[])["http", "https"]
        from content in contents
        from send in sends
        from version in Versions
        select new MatrixCell(server, cluster, scheme, content, send, version);

    /// <summary>The cell's service in the short form, named by its host; with an authority's file it has TLS.</summary>
    public string Service(string host, int port, string? authorityFile) =>
        $"  {host}: {{ endpoints: [\"127.0.0.1:{port}\"], connect_timeout: 60s"
        + (Cluster == "default" ? "" : $", protocol: {Cluster}")
        + (authorityFile is null ? "" : $", tls: {{ ca: {authorityFile}, sni: shop.test }}")
        + " }\n";

    /// <summary>Asks for the cell's version on a request.</summary>
    public void Ask(HttpRequestMessage request)
    {
        var asked = Version.Split('-');
        request.Version = System.Version.Parse(asked[0]);
        request.VersionPolicy = asked[1] switch
        {
            "lower" => HttpVersionPolicy.RequestVersionOrLower,
            "exact" => HttpVersionPolicy.RequestVersionExact,
            _ => HttpVersionPolicy.RequestVersionOrHigher,
        };
    }
}
