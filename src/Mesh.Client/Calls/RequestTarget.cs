using System.Runtime.InteropServices;
using Mesh.Matching;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>Where a caller's request wants to go, read once from its message.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RequestTarget
{
    public RequestTarget(HttpRequestMessage request)
    {
        Uri uri = request.RequestUri ?? throw new InvalidOperationException("The request has no URI.");
        if (!uri.IsAbsoluteUri)
            throw new InvalidOperationException($"The request URI '{uri}' is relative; set an absolute one or HttpClient.BaseAddress.");
        IsSecure = uri.Scheme is "https" or "wss";
        if (!IsSecure && uri.Scheme is not ("http" or "ws"))
            throw new NotSupportedException($"The scheme '{uri.Scheme}' is not supported; http, https, ws and wss are.");

        // An IPv6 literal keeps its brackets, an international name takes its ASCII form.
        Host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        Port = uri.Port;
        Authority = request.Headers.Host ?? (uri.IsDefaultPort ? Host : $"{Host}:{uri.Port}");
        Path = uri.PathAndQuery;
    }

    public bool IsSecure { get; }

    /// <summary>The URL's host without its port.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>The Host header the caller set, else host and port of the URL.</summary>
    public string Authority { get; }

    /// <summary>Path and query, as the listener has them matched and sent.</summary>
    public string Path { get; private init; }

    /// <summary>Whether <see cref="Path"/> is not the caller's own any more.</summary>
    public bool IsNormalized { get; private init; }

    /// <summary>The same target with the path that a listener makes of it.</summary>
    public RequestTarget At(Listener listener) => listener.PathOf(Path) is var path && ReferenceEquals(path, Path) ? this : this with { Path = path, IsNormalized = true };

    /// <param name="request">The request.</param>
    /// <param name="random">What all chances of the request are drawn from; 0 where none has a say.</param>
    public RequestView View(HttpRequestMessage request, ulong random) =>
        new(request.Method.Method, IsSecure ? "https" : "http", Authority, Path, request.Headers, request.Content?.Headers) { Random = random };
}
