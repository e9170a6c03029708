using FsCheck;
using FsCheck.Fluent;
using Mesh.Probing.Checks;
using Xunit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>Blocks are found in order, wherever the network cuts.</summary>
public sealed class PayloadSearchTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("abc", "", false)]
    [InlineData("ab|cd", "xxabyycdzz", true)]
    [InlineData("cd|ab", "xxabyycdzz", false)]
    [InlineData("ab|ab", "ab", false)]
    [InlineData("ab|ab", "abab", true)]
    [InlineData("aa|aa", "aaa", false)]
    [InlineData("aab", "aaab", true)]
    public void BlocksStandInOrder(string blocks, string text, bool found) => Assert.Equal(found, IsFound(Blocks(blocks), text));

    /// <summary>Against the plain way: everything kept, and looked through at the end.</summary>
    [Fact]
    public void CutsDoNotMatter() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll((byte[] text, byte[][] blocks, byte cut) => IsFoundAsInOnePiece(text, blocks, cut)));

    private static bool IsFoundAsInOnePiece(byte[] text, byte[][] blocks, byte cut)
    {
        // Of two letters, so that much is found and much nearly is.
        byte[] few = [.. text.Select(letter => (byte)('a' + (letter % 2)))];
        byte[][] some = [.. blocks.Where(block => block is { Length: > 0 }).Select(block => block.Take(3).Select(letter => (byte)('a' + (letter % 2))).ToArray())];
        int at = 0;
        bool expected = some.All(block =>
        {
            int found = few.AsSpan(at).IndexOf(block);
            at += found + block.Length;
            return found >= 0;
        });
        var search = new PayloadSearch(some);
        foreach (byte[] part in few.Chunk((cut % 5) + 1))
            search.Add(part);
        return search.IsFound == expected;
    }

    private static byte[][] Blocks(string blocks) => [.. blocks.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(System.Text.Encoding.ASCII.GetBytes)];

    private static bool IsFound(byte[][] blocks, string text)
    {
        var search = new PayloadSearch(blocks);
        search.Add(System.Text.Encoding.ASCII.GetBytes(text));
        return search.IsFound;
    }
}
