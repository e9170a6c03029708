using System.Text;
using Mesh.Resources;
using Mesh.Wire.Text;
using Xunit;

namespace Mesh.Client.Tests.Wire.Text;

public sealed class Utf8CheckTests
{
    [Fact]
    public void TheFirstBadByteIsFound()
    {
        byte[] text = [.. "a: ü\nb: ü"u8, 0xFF, .. " c\n"u8, 0xFE];
        Assert.Equal("2:5: the text is not UTF-8: byte 0xFF", Utf8Check.Find(text)?.ToString());
        Assert.Equal(new TextPosition(2, 5), YamlToJson.Convert(text, out _)?.Position);
    }

    [Fact]
    public void ACutCharacterIsBad() => Assert.Equal(new TextPosition(1, 2), Utf8Check.Find([(byte)'a', 0xF0, 0x9F])?.Position);

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFFa")]
    [InlineData("grün 😀")]
    public void GoodTextPasses(string text) => Assert.Null(Utf8Check.Find(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void AByteOrderMarkIsLeftOut()
    {
        Assert.Equal("a"u8, Utf8Check.WithoutByteOrderMark("\uFEFFa"u8));
        Assert.Equal("a"u8, Utf8Check.WithoutByteOrderMark("a"u8));
    }
}
