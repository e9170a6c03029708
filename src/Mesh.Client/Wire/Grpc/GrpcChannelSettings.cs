using System.Reflection;

namespace Mesh.Wire.Grpc;

/// <summary>Whom a channel talks to, and how.</summary>
/// <param name="Address">
/// Scheme, host and port. Scheme http is HTTP/2 with prior knowledge; https needs <paramref name="Connect"/>. Over a Unix socket the host is
/// only the authority, and the connect does the work.
/// </param>
/// <param name="Connect">
/// Makes a connection; for an https address it returns a <see cref="System.Net.Security.SslStream"/> that offered h2 and whose peer it has verified,
/// which this floor cannot do. Null: a plain socket to the address.
/// </param>
internal sealed record GrpcChannelSettings(
    Uri Address, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? Connect = null)
{
    /// <summary>The <c>:authority</c> of calls; empty is that of the address.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The longest message taken, counted after it has been unpacked.</summary>
    public int MaxMessageBytes { get; init; } = 64 << 20;

    /// <summary>How long a connection with calls on it may be silent until it is pinged.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a ping may stay unanswered until the connection counts as dead.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long making a connection may take, TLS included; gRPC's own is 20 s too (connection-backoff.md).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The <c>user-agent</c>, in the form that PROTOCOL-HTTP2.md recommends.</summary>
    public string UserAgent { get; init; } = DefaultUserAgent;

    /// <summary>
    /// Asked before each call for metadata to send with it, such as a bearer token. A <see cref="GrpcException"/> it throws is the call's;
    /// anything else it throws ends the call with UNAUTHENTICATED.
    /// </summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<KeyValuePair<string, string>>>>? CallCredentials { get; init; }

    /// <summary>Metadata sent with each call; the value of a name that ends in <c>-bin</c> is base64 already.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The clock of deadlines. Keep-alive and the connect timeout are the runtime's and go by the real clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    private static string DefaultUserAgent { get; } = $"grpc-dotnet-mesh/{Version()}";

    /// <summary>Metadata may hold tokens, so only the address is told.</summary>
    public override string ToString() => $"{nameof(GrpcChannelSettings)} {{ {nameof(Address)} = {Address} }}";

    /// <summary>The version without the commit behind the plus.</summary>
    private static string Version() =>
        typeof(GrpcChannelSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
