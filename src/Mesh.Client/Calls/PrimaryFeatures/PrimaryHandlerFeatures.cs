using System.Net;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// What the user's primary handler does around a call, moved above the mesh so that a call the mesh sends over its own endpoint pools
/// keeps it. The primary handler then serves pass-through calls alone and does none of it a second time.
/// </summary>
/// <remarks>
/// What was moved is remembered on the primary handler: a handler that a user shares between clients, or returns again when the
/// factory renews its pipeline, is already switched off then.
/// </remarks>
internal sealed class PrimaryHandlerFeatures
{
    private const string MovedKey = "Mesh.PrimaryHandlerFeatures";

    /// <summary>Read by Grpc.Net.Client, which else sets a connect callback in a handler it finds and dials its own address.</summary>
    private const string GrpcLoadBalancingDisabledKey = "__GrpcLoadBalancingDisabled";

    private static readonly Lock Gate = new();

    private readonly PrimarySettings _moved;

    private PrimaryHandlerFeatures(PrimarySettings before, PrimarySettings after, IEnumerable<string> unsupported, string? failure)
    {
        _moved = before.Without(after);
        Warnings = [.. after.StayBehind(failure ?? PrimarySettings.CredentialsReason), .. unsupported];
    }

    /// <summary>What the user set on the primary handler and calls to mesh hosts go without; each begins with the setting's name.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// New handlers for one pipeline, outermost first: decompression, then redirects, then cookies, as in
    /// <see cref="SocketsHttpHandler"/>. Each redirect hop has its own cookies; only the response that is returned is decoded.
    /// </summary>
    public IReadOnlyList<DelegatingHandler> CreateHandlers()
    {
        List<DelegatingHandler> handlers = [];
        if (_moved.Decompression != DecompressionMethods.None)
            handlers.Add(new DecompressionHandler(_moved.Decompression));
        if (_moved.MaxRedirections is { } maxRedirections)
            handlers.Add(new RedirectHandler(maxRedirections));
        if (_moved.Cookies is { } cookies)
            handlers.Add(new CookieHandler(cookies));
        return handlers;
    }

    /// <summary>Moves what the primary handler does into handlers of ours. A handler of another kind is left as it is.</summary>
    public static PrimaryHandlerFeatures TakeFrom(HttpMessageHandler primary) => primary switch
    {
        SocketsHttpHandler sockets => Once(sockets.Properties, () => Take(sockets)),
        HttpClientHandler client => Once(client.Properties, () => Take(client)),
        _ => Nothing($"PrimaryHandler: calls to mesh hosts do not reach '{primary.GetType()}'"),
    };

    private static PrimaryHandlerFeatures Nothing(string warning) =>
        new(PrimarySettings.None, PrimarySettings.None, [warning], failure: null);

    private static PrimaryHandlerFeatures Once(IDictionary<string, object?> properties, Func<PrimaryHandlerFeatures> take)
    {
        lock (Gate)
        {
            if (properties.TryGetValue(MovedKey, out object? known) && known is PrimaryHandlerFeatures features)
                return features;

            features = take();
            properties[MovedKey] = features;
            return features;
        }
    }

    private static PrimaryHandlerFeatures Take(SocketsHttpHandler primary)
    {
        var before = PrimarySettings.Of(primary);
        string[] unsupported = [.. UnsupportedSettings.Of(primary)];
        primary.Properties[GrpcLoadBalancingDisabledKey] = true;
        string? failure = Try(() =>
        {
            primary.ConnectCallback ??= DirectConnect.ConnectAsync;
            if (before.CanMoveRedirects)
            {
                primary.AllowAutoRedirect = false;
                primary.UseCookies = false;
            }

            primary.AutomaticDecompression = DecompressionMethods.None;
        });
        return new(before, PrimarySettings.Of(primary), unsupported, failure);
    }

    private static PrimaryHandlerFeatures Take(HttpClientHandler primary)
    {
        var before = PrimarySettings.Of(primary);
        string[] unsupported = [.. UnsupportedSettings.Of(primary)];
        string? failure = Try(() =>
        {
            if (before.CanMoveRedirects)
            {
                primary.AllowAutoRedirect = false;
                primary.UseCookies = false;
            }

            primary.AutomaticDecompression = DecompressionMethods.None;
        });
        return new(before, PrimarySettings.Of(primary), unsupported, failure);
    }

    /// <summary>A handler that has sent a request refuses every change.</summary>
    private static string? Try(Action change)
    {
        try
        {
            change();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
