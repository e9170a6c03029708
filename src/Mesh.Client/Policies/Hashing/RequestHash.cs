using System.Net.Http.Headers;
using System.Numerics;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Hashing;

/// <summary>
/// <c>RouteAction.hash_policy</c>, ready to run: the hashes of all policies, each mixed into the one before (gRFC A42), up to a terminal one. A
/// client's own call has no source address and of filter state the channel alone, so policies on other such things hash nothing.
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
    /// <param name="request">The request.</param>
    /// <param name="inputs">What else there is, and where new cookies go; null for none.</param>
    public ulong? Of(in RequestView request, HashInputs? inputs = null)
    {
        ulong? hash = null;
        for (int i = 0; i < _policies.Length; i++)
        {
            if (Of(_policies[i], _rewrites[i], request, inputs) is { } own)
                hash = BitOperations.RotateLeft(hash ?? 0, 1) ^ own;
            if (_policies[i].Terminal && hash is not null)
                break;
        }

        return hash;
    }

    private static ulong? Of(HashPolicyResource policy, RegexRewrite? rewrite, in RequestView request, HashInputs? inputs)
    {
        switch (policy.Kind)
        {
            case HashPolicyKind.Header:
                return OfHeader(policy.Name, rewrite, request);
            case HashPolicyKind.Cookie:
                if (RequestValues.TryFindCookie(request, policy.Name, out ReadOnlySpan<char> cookie) && !cookie.IsEmpty)
                    return XxHash64.Hash(cookie);
                return inputs is not null && policy.CookieTtl is not null ? XxHash64.Hash(inputs.MakeCookie(policy)) : null;
            case HashPolicyKind.QueryParameter:
                return RequestValues.TryFindParameter(request, policy.Name, out ReadOnlySpan<char> parameter) ? XxHash64.Hash(parameter) : null;
            case HashPolicyKind.SourceIp:
                return inputs?.SourceAddress is { } address ? XxHash64.Hash(address) : null;
            case HashPolicyKind.FilterState:
                return policy.Name == HashPolicyResource.ChannelId ? inputs?.ChannelId : null;
            default:
                return null;
        }
    }

    /// <summary>Several values are hashed in order, so that the order they were sent in does not count.</summary>
    private static ulong? OfHeader(string name, RegexRewrite? rewrite, in RequestView request)
    {
        // What is binary has no text of its own to hash (gRFC A42).
        if (name.EndsWith("-bin", StringComparison.Ordinal))
            return null;
        if (name[0] == ':' || name == "host")
            return request.Find(name) is { } part ? XxHash64.Hash(rewrite?.Replace(part) ?? part) : null;
        if (!request.TryGet(name, out HeaderStringValues values))
            return null;
        if (values.Count == 1)
        {
            // As Find gives it, without looking for it again.
            string one = values.ToString().Trim(' ');
            return XxHash64.Hash(rewrite?.Replace(one) ?? one);
        }

        string[] all = [.. values.Select(value => rewrite?.Replace(value) ?? value)];
        Array.Sort(all, StringComparer.Ordinal);
        ulong hash = 0;
        foreach (string value in all)
            hash = XxHash64.Hash(value, hash);
        return hash;
    }
}
