namespace Mesh.Resources;

/// <summary>The kinds of <c>VirtualHost.domains</c>.</summary>
internal enum DomainKind
{
    Invalid,

    /// <summary><c>*</c>.</summary>
    Any,

    /// <summary><c>shop.*</c>.</summary>
    Prefix,

    /// <summary><c>*.shop</c>, <c>*shop</c>.</summary>
    Suffix,

    Exact,
}

/// <summary>Reads the pattern of a domain: a '*' stands at its start or its end.</summary>
internal static class DomainPattern
{
    public static DomainKind KindOf(string domain)
    {
        if (domain.Length == 0)
            return DomainKind.Invalid;
        if (domain == "*")
            return DomainKind.Any;
        int stars = domain.AsSpan().Count('*');
        return stars == 0 ? DomainKind.Exact
            : stars > 1 ? DomainKind.Invalid
            : domain[0] == '*' ? DomainKind.Suffix
            : domain[^1] == '*' ? DomainKind.Prefix
            : DomainKind.Invalid;
    }

    /// <summary>The host of an authority: it without its port.</summary>
    public static string WithoutPort(string authority)
    {
        int colon = authority.LastIndexOf(':');
        return colon < 0 || authority.LastIndexOf(']') > colon ? authority : authority[..colon];
    }
}
