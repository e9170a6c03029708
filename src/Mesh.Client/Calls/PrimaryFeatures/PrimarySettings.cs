using System.Net;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>What a primary handler does around each call; null or none is switched off.</summary>
/// <param name="MaxRedirections">Redirects followed.</param>
/// <param name="Cookies">Where cookies are kept.</param>
/// <param name="Decompression">Codings that are asked for and undone.</param>
/// <param name="Credentials">Who the handler logs in as; null where nobody.</param>
internal sealed record PrimarySettings(
    int? MaxRedirections, CookieContainer? Cookies, DecompressionMethods Decompression, ICredentials? Credentials)
{
    /// <summary>Why a handler that could be changed keeps its redirects.</summary>
    public const string CredentialsReason = "the primary handler follows redirects itself, as its Credentials are no CredentialCache";

    public static readonly PrimarySettings None = new(null, null, DecompressionMethods.None, null);

    /// <summary>
    /// Whether redirects may be followed above the handler. The runtime logs in at the target of a redirect only by a
    /// <see cref="CredentialCache"/>, which names its URIs; from above, a redirected request looks like any other, and whoever
    /// redirects to himself would be handed the credentials. Cookies stay with the redirects, whose hops are not seen above.
    /// </summary>
    public bool CanMoveRedirects => MaxRedirections is null || Credentials is null or CredentialCache;

    public static PrimarySettings Of(SocketsHttpHandler handler) => new(
        handler.AllowAutoRedirect ? handler.MaxAutomaticRedirections : null,
        handler.UseCookies ? handler.CookieContainer : null,
        handler.AutomaticDecompression,
        handler.Credentials);

    public static PrimarySettings Of(HttpClientHandler handler) => new(
        handler.AllowAutoRedirect ? handler.MaxAutomaticRedirections : null,
        handler.UseCookies ? handler.CookieContainer : null,
        handler.AutomaticDecompression,
        handler.Credentials);

    /// <summary>These settings less what is still on in the handler.</summary>
    public PrimarySettings Without(PrimarySettings left) => new(
        left.MaxRedirections is null ? MaxRedirections : null,
        left.Cookies is null ? Cookies : null,
        left.Decompression == DecompressionMethods.None ? Decompression : DecompressionMethods.None,
        null);

    /// <summary>Names what is still on, for a handler from which it could not be moved.</summary>
    public IEnumerable<string> StayBehind(string reason)
    {
        if (MaxRedirections is not null)
            yield return $"AllowAutoRedirect: calls to mesh hosts return the redirect itself ({reason})";
        if (Cookies is not null)
            yield return $"UseCookies: calls to mesh hosts keep no cookies ({reason})";
        if (Decompression != DecompressionMethods.None)
            yield return $"AutomaticDecompression: calls to mesh hosts ask for no compression ({reason})";
    }
}
