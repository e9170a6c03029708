using System.Net.Http.Headers;
using System.Numerics;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Hashing;

/// <summary>
/// <c>RouteAction.hash_policy</c>, ready to run: the hashes of all policies, each mixed into the one before (gRFC A42), up to a terminal one. A
/// client's own call has no source address and no filter state, so policies on those hash nothing.
/// </summary>
internal sealed class RequestHash
{
    private readonly HashPolicyResource[] _policies;
    private readonly RegexRewrite?[] _rewrites;

    private RequestHash(ValueList<HashPolicyResource> policies)
    {
        _policies = [.. policies];
        _rewrites = [.. policies.Select(policy => RegexRewrite.Create(policy.Rewrite))];
    }

    /// <summary>Null where there is no policy.</summary>
    public static RequestHash? Create(ValueList<HashPolicyResource> policies) => policies.Count == 0 ? null : new RequestHash(policies);

    /// <summary>The hash of a request; null when no policy has one.</summary>
    public ulong? Of(in RequestView request)
    {
        ulong? hash = null;
        for (int i = 0; i < _policies.Length; i++)
        {
            if (Of(_policies[i], _rewrites[i], request) is { } own)
                hash = BitOperations.RotateLeft(hash ?? 0, 1) ^ own;
            if (_policies[i].Terminal && hash is not null)
                break;
        }

        return hash;
    }

    private static ulong? Of(HashPolicyResource policy, RegexRewrite? rewrite, in RequestView request)
    {
        switch (policy.Kind)
        {
            case HashPolicyKind.Header:
                return OfHeader(policy.Name, rewrite, request);
            case HashPolicyKind.Cookie:
                return RequestValues.TryFindCookie(request, policy.Name, out ReadOnlySpan<char> cookie) && !cookie.IsEmpty ? XxHash64.Hash(cookie) : null;
            case HashPolicyKind.QueryParameter:
                return RequestValues.TryFindParameter(request, policy.Name, out ReadOnlySpan<char> parameter) ? XxHash64.Hash(parameter) : null;
            default:
                return null;
        }
    }

    /// <summary>Several values are hashed in order, so that the order they were sent in does not count.</summary>
    private static ulong? OfHeader(string name, RegexRewrite? rewrite, in RequestView request)
    {
        if (name[0] == ':' || name == "host" || !request.TryGet(name, out HeaderStringValues values) || values.Count == 1)
            return request.Find(name) is { } one ? XxHash64.Hash(rewrite?.Replace(one) ?? one) : null;
        string[] all = [.. values.Select(value => rewrite?.Replace(value) ?? value)];
        Array.Sort(all, StringComparer.Ordinal);
        ulong hash = 0;
        foreach (string value in all)
            hash = XxHash64.Hash(value, hash);
        return hash;
    }
}
