using System.Text;

namespace Mesh.Primitives.Regexes;

/// <summary>RE2's rewriting of matches, where <c>\0</c> to <c>\9</c> are the match and its groups, and <c>\\</c> is a backslash.</summary>
internal static class Substitution
{
    /// <summary>As <c>RE2::CheckRewriteString</c>.</summary>
    public static bool IsValid(string rewrite, int groupCount, out string error)
    {
        int highest = -1;
        for (int i = 0; i < rewrite.Length; i++)
        {
            if (rewrite[i] != '\\')
                continue;
            if (++i == rewrite.Length)
            {
                error = "Rewrite schema error: '\\' not allowed at end.";
                return false;
            }

            if (char.IsAsciiDigit(rewrite[i]))
            {
                highest = Math.Max(highest, rewrite[i] - '0');
            }
            else if (rewrite[i] != '\\')
            {
                error = "Rewrite schema error: '\\' must be followed by a digit or '\\'.";
                return false;
            }
        }

        error = highest > groupCount
            ? $"Rewrite schema requests {highest} matches, but the regexp only has {groupCount} parenthesized subexpressions."
            : "";
        return highest <= groupCount;
    }

    /// <summary>As <c>RE2::GlobalReplace</c>: an empty match right behind the match before it does not count.</summary>
    /// <param name="program">The regular expression.</param>
    /// <param name="input">The text.</param>
    /// <param name="rewrite">A rewrite that is valid for the expression.</param>
    /// <param name="maxWords">See <see cref="Viability.MaxWords"/>.</param>
    public static string ReplaceAll(Program program, string input, string rewrite, int maxWords = Viability.MaxWords)
    {
        Span<int> slots = stackalloc int[20];
        StringBuilder? result = null;
        var walker = new MatchWalker(program, input, maxWords);
        int position = 0, lastEnd = -1;
        while (position <= input.Length && walker.Find(position, slots))
        {
            result ??= new StringBuilder(input.Length + rewrite.Length);
            result.Append(input, position, slots[0] - position);
            position = slots[1];
            if (slots[0] == lastEnd && position == lastEnd)
            {
                if (position == input.Length)
                    break;
                Utf16.Next(input, ref position);
                result.Append(input, lastEnd, position - lastEnd);
                continue;
            }

            Append(result, input, rewrite, slots);
            lastEnd = position;
        }

        walker.Dispose();
        return result is null ? input : result.Append(input, position, input.Length - position).ToString();
    }

    private static void Append(StringBuilder result, string input, string rewrite, ReadOnlySpan<int> slots)
    {
        for (int i = 0; i < rewrite.Length; i++)
        {
            char c = rewrite[i];
            if (c == '\\' && rewrite[++i] != '\\')
            {
                int slot = 2 * (rewrite[i] - '0');
                if (slots[slot] >= 0)
                    result.Append(input, slots[slot], slots[slot + 1] - slots[slot]);
                continue;
            }

            result.Append(c);
        }
    }
}
