using System.Collections.Frozen;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Routing;

/// <summary>
/// Finds what a host leads to, most specific first: exact, then the longest suffix (<c>*.shop</c>), then the longest prefix
/// (<c>shop.*</c>), then <c>*</c> (<c>VirtualHost.domains</c>; gRFC A27). Upper and lower case are alike.
/// </summary>
internal sealed class HostTable<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> _exact;
    private readonly AffixTable<Wildcard> _suffixes;
    private readonly AffixTable<Wildcard> _prefixes;
    private readonly T? _any;

    /// <param name="entries">Domains with what they lead to; no domain stands twice.</param>
    public HostTable(IReadOnlyCollection<KeyValuePair<string, T>> entries)
    {
        var exact = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var suffixes = new List<KeyValuePair<string, Wildcard>>();
        var prefixes = new List<KeyValuePair<string, Wildcard>>();
        foreach (var (domain, target) in entries)
        {
            switch (DomainPattern.KindOf(domain))
            {
                case DomainKind.Any:
                    _any = target;
                    break;
                case DomainKind.Suffix:
                    suffixes.Add(KeyValuePair.Create(domain[1..], new Wildcard(domain, target)));
                    break;
                case DomainKind.Prefix:
                    prefixes.Add(KeyValuePair.Create(domain[..^1], new Wildcard(domain, target)));
                    break;
                default:
                    exact.Add(domain, target);
                    break;
            }
        }

        _exact = exact.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _suffixes = new AffixTable<Wildcard>(ends: true, suffixes, StringComparer.OrdinalIgnoreCase);
        _prefixes = new AffixTable<Wildcard>(ends: false, prefixes, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The target of <c>*</c>, where there is no other domain; null otherwise.</summary>
    public T? OnlyAny => _exact.Count + _suffixes.Count + _prefixes.Count == 0 ? _any : null;

    /// <summary>The target of a host, and the domain that led there; null when none does.</summary>
    public T? Find(string host, out string domain)
    {
        domain = host;
        if (_exact.TryGetValue(host, out T? found))
            return found;

        if (TryFind(_suffixes, host, out Wildcard wildcard) || TryFind(_prefixes, host, out wildcard))
        {
            domain = wildcard.Domain;
            return wildcard.Target;
        }

        domain = "*";
        return _any;
    }

    private static bool TryFind(AffixTable<Wildcard> wildcards, string host, out Wildcard found)
    {
        foreach (int length in wildcards.Lengths)
        {
            // A wildcard stands for at least one character.
            if (length < host.Length && wildcards.TryFind(host, length, out found))
                return true;
        }

        found = default;
        return false;
    }

    private readonly record struct Wildcard(string Domain, T Target);
}
