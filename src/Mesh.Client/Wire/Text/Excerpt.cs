using System.Text;
using System.Text.Json;

namespace Mesh.Wire.Text;

/// <summary>A user's text as it is shown in a message: short, on one line, whatever it holds.</summary>
internal static class Excerpt
{
    private const int MaxBytes = 80;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        bool cut = utf8.Length > MaxBytes;
        string text = Encoding.UTF8.GetString(cut ? utf8[..MaxBytes] : utf8);
        if (text.Any(char.IsControl))
            text = string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return cut ? text + "..." : text;
    }

    /// <summary>The value the reader stands at, for <c>expected X, found Y</c>.</summary>
    public static string Found(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"\"{Of(reader.ValueSpan)}\"",
        _ => Of(reader.ValueSpan),
    };
}
