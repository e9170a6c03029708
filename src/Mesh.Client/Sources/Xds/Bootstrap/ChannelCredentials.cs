using Mesh.Primitives;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>How a connection to a server is secured: the first entry of <c>channel_creds</c> that can be honoured.</summary>
internal abstract record ChannelCredentials
{
    /// <summary>The types that are honoured.</summary>
    public const string SupportedTypes = "insecure and tls";

    private ChannelCredentials()
    {
    }

    /// <summary><c>insecure</c>: plaintext (A27).</summary>
    internal sealed record Insecure : ChannelCredentials;

    /// <summary><c>tls</c> (A65): without a CA file the system's roots, with a certificate mutual.</summary>
    /// <param name="Files">The files; all of them may be unset.</param>
    internal sealed record Tls(PemFiles Files) : ChannelCredentials;

    /// <summary>Only types that gRPC knows and that are not honoured here: the bootstrap is good, the server cannot be used.</summary>
    /// <param name="Offered">The types the bootstrap offers.</param>
    internal sealed record Unsupported(ValueList<string> Offered) : ChannelCredentials
    {
        /// <summary>Why the server is refused.</summary>
        public string Reason => $"its channel_creds offer {Quoted.List(Offered)}; supported are {SupportedTypes}";
    }
}

/// <summary>What is sent with each call to a server (A97).</summary>
internal abstract record CallCredentials
{
    private CallCredentials()
    {
    }

    /// <summary><c>jwt_token_file</c>: a bearer token, read from a file again before it expires.</summary>
    internal sealed record JwtTokenFile(string Path) : CallCredentials;
}

/// <summary>A provider of <c>certificate_providers</c>; <c>file_watcher</c> is the one there is (A29).</summary>
/// <param name="Files">The files; a certificate or a CA at least is set.</param>
internal sealed record CertificateProvider(PemFiles Files);

/// <summary>PEM files that are read again from time to time (A29, A65).</summary>
internal sealed record PemFiles
{
    /// <summary>As in gRPC's documentation: 600 s.</summary>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromMinutes(10);

    /// <summary>The chain that identifies this process; set together with <see cref="PrivateKeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    public string? PrivateKeyFile { get; init; }

    /// <summary>The roots of the peer; null is the system's.</summary>
    public string? CaCertificateFile { get; init; }

    public TimeSpan RefreshInterval { get; init; } = DefaultRefreshInterval;
}
