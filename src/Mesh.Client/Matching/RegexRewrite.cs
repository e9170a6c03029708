using Mesh.Primitives.Regexes;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.type.matcher.v3.RegexMatchAndSubstitute</c>, ready to run: every match is replaced.</summary>
internal sealed class RegexRewrite
{
    private readonly Re2 _pattern;
    private readonly string _substitution;

    private RegexRewrite(RegexRewriteResource resource)
    {
        _pattern = Re2.Parse(resource.Pattern, out string error) ?? throw new ArgumentException(error, nameof(resource));
        _substitution = resource.Substitution;
    }

    public static RegexRewrite? Create(RegexRewriteResource? resource) => resource is null ? null : new RegexRewrite(resource);

    public string Replace(string text) => _pattern.Replace(text, _substitution);
}
