using System.Text;

namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>The labels of a pod as the downward API writes them into a file: <c>key="escaped value"</c>, one a line.</summary>
internal static class DownwardLabels
{
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.Trim().Split('=', 2) is [{ Length: > 0 } key, ['"', .. var quoted, '"']])
                labels[key] = Unescape(quoted);
        }

        return labels;
    }

    // A label's value needs no escape; an annotation's would, so the two of Go's %q that are common are read.
    private static string Unescape(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal))
            return quoted;
        var text = new StringBuilder(quoted.Length);
        for (int i = 0; i < quoted.Length; i++)
        {
            char c = quoted[i];
            if (c == '\\' && i + 1 < quoted.Length)
                c = quoted[++i] switch { 'n' => '\n', 't' => '\t', var other => other };
            text.Append(c);
        }

        return text.ToString();
    }
}
