using System.Collections.Frozen;
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
    private readonly Wildcard[] _suffixes;
    private readonly Wildcard[] _prefixes;
    private readonly T? _any;

    /// <param name="entries">Domains with what they lead to; no domain stands twice.</param>
    public HostTable(IReadOnlyCollection<KeyValuePair<string, T>> entries)
    {
        var exact = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var suffixes = new List<Wildcard>();
        var prefixes = new List<Wildcard>();
        foreach (var (domain, target) in entries)
        {
            switch (DomainPattern.KindOf(domain))
            {
                case DomainKind.Any:
                    _any = target;
                    break;
                case DomainKind.Suffix:
                    suffixes.Add(new Wildcard(domain, domain[1..], target));
                    break;
                case DomainKind.Prefix:
                    prefixes.Add(new Wildcard(domain, domain[..^1], target));
                    break;
                default:
                    exact.Add(domain, target);
                    break;
            }
        }

        _exact = exact.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _suffixes = [.. suffixes.OrderByDescending(w => w.Text.Length)];
        _prefixes = [.. prefixes.OrderByDescending(w => w.Text.Length)];
    }

    /// <summary>The target of <c>*</c>, where there is no other domain; null otherwise.</summary>
    public T? OnlyAny => _exact.Count + _suffixes.Length + _prefixes.Length == 0 ? _any : null;

    /// <summary>The target of a host, and the domain that led there; null when none does.</summary>
    public T? Find(string host, out string domain)
    {
        domain = host;
        if (_exact.TryGetValue(host, out T? found))
            return found;

        // A wildcard stands for at least one character.
        foreach (Wildcard wildcard in _suffixes)
        {
            if (host.Length > wildcard.Text.Length && host.EndsWith(wildcard.Text, StringComparison.OrdinalIgnoreCase))
            {
                domain = wildcard.Domain;
                return wildcard.Target;
            }
        }

        foreach (Wildcard wildcard in _prefixes)
        {
            if (host.Length > wildcard.Text.Length && host.StartsWith(wildcard.Text, StringComparison.OrdinalIgnoreCase))
            {
                domain = wildcard.Domain;
                return wildcard.Target;
            }
        }

        domain = "*";
        return _any;
    }

    private readonly record struct Wildcard(string Domain, string Text, T Target);
}
