using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.route.v3.RedirectAction</c>.</summary>
internal sealed record RedirectResource
{
    /// <summary>Empty keeps the request's.</summary>
    public string HostRedirect { get; init; } = "";

    /// <summary>0 keeps the request's.</summary>
    public uint PortRedirect { get; init; }

    /// <summary>Empty keeps the request's.</summary>
    public string SchemeRedirect { get; init; } = "";

    /// <summary>Replaces the whole path; its own query, when it has one, replaces the request's. Empty for none.</summary>
    public string PathRedirect { get; init; } = "";

    /// <summary>Replaces what matched; empty for none.</summary>
    public string PrefixRewrite { get; init; } = "";

    public RegexRewriteResource? RegexRewrite { get; init; }

    public int StatusCode { get; init; } = 301;

    public bool StripQuery { get; init; }
}

/// <summary><c>envoy.config.route.v3.DirectResponseAction</c>, its body read.</summary>
internal sealed record DirectResponseResource(int Status, ValueList<byte> Body)
{
    /// <summary>Makes the body that is sent; null when <see cref="Body"/> is sent as it is.</summary>
    public BodyFormatResource? Format { get; init; }
}

/// <summary><c>envoy.config.core.v3.SubstitutionFormatString</c>.</summary>
/// <param name="Text">The format, or a JSON object whose texts are formats.</param>
/// <param name="IsJson">Whether it is the latter.</param>
/// <param name="ContentType">The type of what it makes.</param>
/// <param name="OmitEmpty">Leave out what has no value, instead of a '-' in text and null in JSON.</param>
internal sealed record BodyFormatResource(string Text, bool IsJson, string ContentType, bool OmitEmpty);

/// <summary><c>envoy.type.matcher.v3.RegexMatchAndSubstitute</c>.</summary>
internal sealed record RegexRewriteResource(string Pattern, string Substitution);
