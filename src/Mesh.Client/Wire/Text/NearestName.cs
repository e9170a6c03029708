using System.Text;

namespace Mesh.Wire.Text;

/// <summary>The known name somebody most likely meant.</summary>
internal static class NearestName
{
    private const int MaxLength = 64;

    /// <summary>The closest of the candidates; null when none is close.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > MaxLength)
            return null;

        string wanted = ToSnakeCase(name);
        string? nearest = null;
        int limit = Math.Clamp(wanted.Length / 3, 1, 3) + 1;
        foreach (string candidate in candidates)
        {
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - wanted.Length) >= limit)
                continue;
            int distance = Distance(wanted, candidate);
            if (distance < limit)
                (nearest, limit) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary><c>virtualHosts</c> as <c>virtual_hosts</c>.</summary>
    public static string ToSnakeCase(string name)
    {
        if (!name.Any(char.IsAsciiLetterUpper))
            return name;
        var snake = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c))
                snake.Append('_').Append(char.ToLowerInvariant(c));
            else
                snake.Append(c);
        }

        return snake.ToString();
    }

    // Levenshtein with swaps of neighbours counted as one (optimal string alignment), two rows back.
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;

        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
