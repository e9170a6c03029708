using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Headers;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>
/// Sends copies of a call to the mirrors of its route (<c>RouteAction.request_mirror_policies</c>). Nobody waits for a copy and nothing of it
/// reaches the caller: it is a call of its own, with the route's timeout and the limits of its cluster, without retries, whose answer is read and
/// thrown away. A body that is streamed is copied once it has been sent, where it is kept for retries too; a longer one is not copied.
/// </summary>
internal static class Mirroring
{
    /// <summary>Starts the copies that chance asks for. To be called before the call is sent.</summary>
    public static void Start(Call call)
    {
        if (call.Engine.IsClosing || call.Engine.Store.Current is not { } snapshot)
            return;
        RequestView view = call.Target.View(call.Request, random: 0);
        foreach (Mirror mirror in call.Destination.Mirrors)
        {
            if (!mirror.Takes(call.Engine.Random) || mirror.Destination.FindCluster(snapshot, view) is not { Failure: null } named)
                continue;
            if ((named.Aggregate is null ? named : named.Aggregate.Choose(snapshot, call.Engine.Random)) is not { } cluster)
                continue;
            var copy = new Copy(call, mirror, cluster);
            HttpRequestMessage request = CopyOf(call.Request);
            if (call.Request.Content is null)
                copy.Send(request, null);
            else if (call.Body is { } body && !RequestBody.IsInMemory(call.Request.Content))
                body.WhenSent(bytes => copy.Send(request, bytes));
            else
                copy.Send(request, BytesOf(call.Request.Content));
        }
    }

    /// <summary>The message without its body; made before the caller's own may change.</summary>
    private static HttpRequestMessage CopyOf(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        request.Headers.CopyTo(copy.Headers);
        return copy;
    }

    private static byte[] BytesOf(HttpContent content)
    {
        using var bytes = new MemoryStream();
        content.CopyTo(bytes, null, CancellationToken.None);
        return bytes.ToArray();
    }

    /// <summary>What a copy is sent with: all that it needs of a call that may be over by then.</summary>
    private sealed class Copy
    {
        private readonly CallEngine _engine;
        private readonly Listener _listener;
        private readonly Route _route;
        private readonly Mirror _mirror;
        private readonly Cluster _cluster;
        private readonly HttpContent? _original;
        private readonly string _authority;
        private readonly string _path;
        private readonly bool _isGrpc;
        private readonly ulong? _hash;
        private readonly IReadOnlyList<KeyValuePair<string, string?>>? _headerChanges;

        public Copy(Call call, Mirror mirror, Cluster cluster)
        {
            _engine = call.Engine;
            _listener = call.Listener;
            _route = call.Route;
            _mirror = mirror;
            _cluster = cluster;
            _isGrpc = call.IsGrpc;
            _path = call.Path;
            _authority = mirror.AuthorityOf(call.Authority);
            _hash = cluster.UsesHash ? cluster.HashOf(_route, call.Target.View(call.Request, random: 0)) : null;
            _original = call.Request.Content;
            _headerChanges = call.HeaderChanges;
        }

        /// <summary>Sends it. Whatever goes wrong is the copy's own.</summary>
        /// <param name="request">The message.</param>
        /// <param name="body">The body; null for none.</param>
        public void Send(HttpRequestMessage request, byte[]? body) => _ = SendAsync(request, body);

        private async Task SendAsync(HttpRequestMessage request, byte[]? body)
        {
            try
            {
                using HttpRequestMessage owned = request;
                if (body is not null)
                {
                    request.Content = new ByteArrayContent(body);
                    _original!.Headers.CopyTo(request.Content.Headers, except: "Content-Length");
                }

                var target = new RequestTarget(request).At(_listener);
                Call call = _engine.Calls.Rent(_engine.TimeProvider);
                call.Start(_engine, request, target, _listener, _route, _mirror.Destination, _cluster, _authority, _path, _isGrpc, sync: false, CancellationToken.None);
                call.IsMirror = true;
                call.HeaderChanges = _headerChanges;
                call.Hashed = new HashedRequest(_hash, null);
                call.SetTimeout(_route.Timeout(_isGrpc, _listener));
                call.StartDeadline();
                if (!AttemptLoop.TrySend(call, async: true, out Task<HttpResponseMessage>? sent))
                {
                    call.Withdraw();
                    return;
                }

                using HttpResponseMessage response = await sent.ConfigureAwait(false);
                await response.Content.CopyToAsync(Stream.Null).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // It has ended with its call, and its outcome says how.
            }
        }
    }
}
