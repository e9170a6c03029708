namespace Mesh.Architecture.Tests;

/// <summary>Says all that is wrong, where the stock assertion would cut it off.</summary>
internal static class Expect
{
    public static void None(IEnumerable<string?> violations)
    {
        string text = string.Join('\n', violations);
        Assert.True(text.Length == 0, text);
    }
}
