namespace Mesh.Client.Tests.RoutingModel;

/// <summary>
/// URI templates: '*' is one segment, '**' any number of them, a variable what stands after its '=', or one segment. What can be
/// long is taken as long as it can be.
/// </summary>
internal static class ModelTemplate
{
    private const string SegmentSigns = "-._~%!$&'()+,;:@=";

    /// <summary>The variables of a path that matches; null when it does not.</summary>
    public static Dictionary<string, string>? Match(string template, string path)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        return Match(template, path, found) ? found : null;
    }

    /// <summary>A template with its variables filled in.</summary>
    public static string Fill(string template, Dictionary<string, string> variables) =>
        variables.Aggregate(template, (text, variable) => text.Replace($"{{{variable.Key}}}", variable.Value, StringComparison.Ordinal));

    private static bool Match(string template, string rest, Dictionary<string, string> found)
    {
        if (template.Length == 0)
            return rest.Length == 0;
        if (template[0] == '{')
            return MatchVariable(template, rest, found);
        if (template[0] == '}')
            return CloseVariable(template, rest, found);
        if (template.StartsWith("**", StringComparison.Ordinal))
            return MatchSome(template[2..], rest, found, atLeast: 0, mayHoldSlash: true);
        if (template[0] == '*')
            return MatchSome(template[1..], rest, found, atLeast: 1, mayHoldSlash: false);
        return rest.Length > 0 && rest[0] == template[0] && Match(template[1..], rest[1..], found);
    }

    private static bool MatchVariable(string template, string rest, Dictionary<string, string> found)
    {
        int end = template.IndexOf('}', StringComparison.Ordinal);
        string[] parts = template[1..end].Split('=', 2);
        string inner = parts.Length == 2 ? parts[1] : "*";
        // Until the variable is closed, its value is all that is left; closing cuts it.
        found[parts[0]] = rest;
        return Match($"{inner}}}{parts[0]}}}{template[(end + 1)..]}", rest, found);
    }

    private static bool CloseVariable(string template, string rest, Dictionary<string, string> found)
    {
        int end = template.IndexOf('}', 1);
        string name = template[1..end], open = found[name];
        found[name] = open[..^rest.Length];
        if (Match(template[(end + 1)..], rest, found))
            return true;
        found[name] = open;
        return false;
    }

    private static bool IsOfSegment(char c) => char.IsAsciiLetterOrDigit(c) || SegmentSigns.Contains(c, StringComparison.Ordinal);

    private static bool MatchSome(string template, string rest, Dictionary<string, string> found, int atLeast, bool mayHoldSlash)
    {
        int most = rest.TakeWhile(c => IsOfSegment(c) || (mayHoldSlash && c == '/')).Count();
        for (int length = most; length >= atLeast; length--)
        {
            if (Match(template, rest[length..], found))
                return true;
        }

        return false;
    }
}
