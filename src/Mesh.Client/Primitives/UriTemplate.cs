using System.Text;
using Mesh.Primitives.Regexes;

namespace Mesh.Primitives;

/// <summary>
/// Envoy's URI templates: <c>*</c> stands for one segment, <c>**</c> for any number of them, <c>{name}</c> for a named segment and
/// <c>{name=a/*}</c> for a named piece; <c>**</c> is the last of them. A match is of the whole path.
/// </summary>
internal sealed class UriTemplate
{
    private const int MaxVariables = 5;
    private const int MaxNameLength = 16;
    private const string Literals = "-._~%!$&'()+,;:@=";

    /// <summary>What a piece may hold: unreserved, percent-encoded and sub-delimiters, as RFC 3986 has them for paths, without '*'.</summary>
    private const string OneSegment = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=]+";
    private const string AnySegments = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=/]*";

    private readonly Re2 _regex;

    private UriTemplate(string text, Re2 regex, List<string> variables)
    {
        Text = text;
        _regex = regex;
        Variables = variables;
    }

    public string Text { get; }

    /// <summary>The names, in their order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Reads a template to match by; null with what is wrong.</summary>
    public static UriTemplate? Parse(string text, out string error)
    {
        var pattern = new StringBuilder("^");
        var variables = new List<string>();
        bool sawAny = false;
        error = CheckSlashes(text) ?? "";
        for (int at = 0; error.Length == 0 && at < text.Length;)
        {
            if (text[at] != '{')
            {
                error = ReadPiece(text, ref at, text.Length, pattern, ref sawAny);
                continue;
            }

            int end = text.IndexOf('}', at);
            int equals = end < 0 ? -1 : text.IndexOf('=', at, end - at);
            string name = end < 0 ? "" : text[(at + 1)..(equals < 0 ? end : equals)];
            error = end < 0 ? "'{' has no '}'" : CheckName(name) ?? (variables.Contains(name) ? $"variable '{name}' stands twice" : "");
            if (error.Length > 0)
                break;
            variables.Add(name);
            pattern.Append('(');
            if (equals < 0)
            {
                error = sawAny ? AfterAny : "";
                pattern.Append(OneSegment);
            }
            else
            {
                for (int inner = equals + 1; error.Length == 0 && inner < end;)
                    error = ReadPiece(text, ref inner, end, pattern, ref sawAny);
            }

            pattern.Append(')');
            at = end + 1;
        }

        if (error.Length == 0 && variables.Count > MaxVariables)
            error = $"{variables.Count} variables; at most {MaxVariables} are allowed";
        if (error.Length > 0 || Re2.Parse(pattern.Append('$').ToString(), out error) is not { } regex)
            return null;
        return new UriTemplate(text, regex, variables);
    }

    public bool Matches(ReadOnlySpan<char> path) => _regex.IsFullMatch(path);

    /// <summary>A path that matches, made anew by a substitution of <see cref="Substitution"/>.</summary>
    public string Rewrite(string path, string substitution) => _regex.Replace(path, substitution);

    /// <summary>Reads a template to rewrite by, whose variables are this one's; null with what is wrong.</summary>
    public string? Substitution(string rewrite, out string error)
    {
        var substitution = new StringBuilder();
        foreach (var (text, isVariable) in Pieces(rewrite, out error))
        {
            int index = isVariable ? Variables.ToList().IndexOf(text) : -1;
            if (isVariable && index < 0)
                error = $"variable '{text}' is none of {Text}";
            substitution.Append(isVariable ? $"\\{index + 1}" : text.Replace("\\", "\\\\", StringComparison.Ordinal));
        }

        return error.Length == 0 ? substitution.ToString() : null;
    }

    /// <summary>The texts and variables of a template to rewrite by.</summary>
    public static IReadOnlyList<(string Text, bool IsVariable)> Pieces(string rewrite, out string error)
    {
        var pieces = new List<(string, bool)>();
        error = CheckSlashes(rewrite) ?? "";
        for (int at = 0; error.Length == 0 && at < rewrite.Length;)
        {
            if (rewrite[at] == '{')
            {
                int end = rewrite.IndexOf('}', at);
                string name = end < 0 ? "" : rewrite[(at + 1)..end];
                error = end < 0 ? "'{' has no '}'" : CheckName(name) ?? "";
                pieces.Add((name, true));
                at = end + 1;
                continue;
            }

            int start = at;
            while (at < rewrite.Length && (rewrite[at] == '/' || IsLiteral(rewrite[at])))
                at++;
            if (start == at)
                error = $"'{rewrite[at]}' is not allowed here";
            else
                pieces.Add((rewrite[start..at], false));
        }

        return pieces;
    }

    private const string AfterAny = "'**' must be the last of '*', '**' and variables";

    private static string? CheckSlashes(string text) =>
        !text.StartsWith('/') ? "a template starts with '/'" : text.Contains("//", StringComparison.Ordinal) ? "'//' is not allowed" : null;

    private static string? CheckName(string name)
    {
        bool good = name.Length is > 0 and <= MaxNameLength && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return good ? null : $"'{name}' is no name of a variable: 1 to {MaxNameLength} letters, digits and '_', a letter first";
    }

    private static string ReadPiece(string text, ref int at, int end, StringBuilder pattern, ref bool sawAny)
    {
        char c = text[at];
        if (c == '*')
        {
            if (sawAny)
                return AfterAny;
            sawAny = at + 1 < end && text[at + 1] == '*';
            pattern.Append(sawAny ? AnySegments : OneSegment);
            at += sawAny ? 2 : 1;
            return "";
        }

        if (c != '/' && !IsLiteral(c))
            return $"'{c}' is not allowed here";
        if (!char.IsAsciiLetterOrDigit(c) && c != '/')
            pattern.Append('\\');
        pattern.Append(c);
        at++;
        return "";
    }

    private static bool IsLiteral(char c) => char.IsAsciiLetterOrDigit(c) || Literals.Contains(c, StringComparison.Ordinal);
}
