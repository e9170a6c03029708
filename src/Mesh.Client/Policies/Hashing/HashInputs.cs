using System.Globalization;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Hashing;

/// <summary>What became of a request's hash.</summary>
/// <param name="Value">The hash; null for none.</param>
/// <param name="SetCookies">Cookies made for it, which the response is to set; null for none.</param>
internal readonly record struct HashedRequest(ulong? Value, IReadOnlyList<string>? SetCookies);

/// <summary>What a hash may be made of beside the request, and the cookies made on the way.</summary>
internal sealed class HashInputs
{
    private List<string>? _cookies;

    /// <summary>The caller's address; null for a client's own call, which has none.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>What filter state <c>io.grpc.channel_id</c> stands for (gRFC A42).</summary>
    public ulong ChannelId { get; init; }

    /// <summary>For values of new cookies.</summary>
    public required Random Random { get; init; }

    /// <summary>Makes the value of a new cookie; null for a random one.</summary>
    public Func<string>? NewCookie { get; init; }

    /// <summary>The values of <c>set-cookie</c> to send back; null for none.</summary>
    public IReadOnlyList<string>? SetCookies => _cookies;

    /// <summary>Makes a cookie for a request that has none (<c>HashPolicy.Cookie.ttl</c>), and returns its value.</summary>
    public string MakeCookie(HashPolicyResource policy)
    {
        string value = NewCookie?.Invoke() ?? Random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
        string age = policy.CookieTtl > TimeSpan.Zero ? $"; Max-Age={(long)policy.CookieTtl.Value.TotalSeconds}" : "";
        string path = policy.CookiePath.Length > 0 ? $"; Path={policy.CookiePath}" : "";
        string attributes = string.Concat(policy.CookieAttributes.Select(each => each.Value.Length > 0 ? $"; {each.Key}={each.Value}" : $"; {each.Key}"));
        (_cookies ??= []).Add($"{policy.Name}=\"{value}\"{age}{path}{attributes}; HttpOnly");
        return value;
    }
}
