using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>Where copies of a route's requests go, ready to run (<c>RouteAction.RequestMirrorPolicy</c>).</summary>
/// <param name="Policy">What was asked.</param>
/// <param name="Destination">The cluster, with the header mutations of the original and those of the mirror behind them.</param>
internal sealed record Mirror(MirrorPolicyResource Policy, RouteDestination Destination)
{
    private const string Suffix = "-shadow";

    /// <summary>Draws whether a request is copied.</summary>
    public bool Takes(Random random) => Policy.Fraction is not { } part || part.Includes(random.NextUInt64());

    /// <summary>The authority of a copy: <c>host-shadow:port</c>, unless the policy says otherwise.</summary>
    public string AuthorityOf(string original)
    {
        if (Policy.HostRewriteLiteral.Length > 0)
            return Policy.HostRewriteLiteral;
        if (Policy.KeepsHost)
            return original;
        int colon = original.LastIndexOf(':');
        return colon > original.LastIndexOf(']') ? $"{original.AsSpan(0, colon)}{Suffix}{original.AsSpan(colon)}" : original + Suffix;
    }
}
