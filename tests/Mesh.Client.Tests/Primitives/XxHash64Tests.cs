using System.Text;
using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>XXH64 by published values, and by those of a second implementation around the lengths where its steps change.</summary>
public sealed class XxHash64Tests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    [InlineData("foo", 3728699739546630719)]
    [InlineData("bar", 5234164152756840025)]
    [InlineData("lyft", 4400747396090729504)]
    public void ItIsTheOneOthersHave(string text, ulong expected) => Assert.Equal(expected, XxHash64.Hash(text));

    [Theory]
    [InlineData(3, 0x44BC2CF5AD770999, 0x1318DF30094A85FD)]
    [InlineData(4, 0xDE0327B0D25D92CC, 0x66150D50767198EE)]
    [InlineData(5, 0x07E3670C0C8DC7EB, 0x744F193CF2909D1A)]
    [InlineData(7, 0x1860940E2902822D, 0xEC472D1BCFBB2CBC)]
    [InlineData(8, 0x3AD351775B4634B7, 0xDCF6C3EAE6EA060F)]
    [InlineData(9, 0x27F1A34FDBB95E13, 0xC2ECD3A9EE3B01FC)]
    [InlineData(12, 0x4B09B7D3A233D4B3, 0xF7A7A3B05A718614)]
    [InlineData(31, 0x16058C7B947DA137, 0x69F4CC4E10A28EA8)]
    [InlineData(32, 0xBF2CD639B4143B80, 0x5936BAA14FD050BB)]
    [InlineData(33, 0x4F89E4082BCBF673, 0x554524FF500C9D90)]
    [InlineData(63, 0x8DD739842BEE4BB7, 0x4F6DD4453E5C4B10)]
    [InlineData(64, 0x0E12D05F6446E533, 0xC1C8FFD0607722E7)]
    public void EveryLengthAndSeed(int length, ulong expected, ulong seeded)
    {
        Assert.Equal(expected, XxHash64.Hash(Letters.AsSpan(0, length)));
        Assert.Equal(expected, XxHash64.Hash(Encoding.UTF8.GetBytes(Letters[..length])));
        Assert.Equal(seeded, XxHash64.Hash(Letters.AsSpan(0, length), 0x9E3779B1));
    }

    [Fact]
    public void ATextIsHashedAsUtf8()
    {
        Assert.Equal(0x8353A2BB7B2BFB71UL, XxHash64.Hash("\u00E9\u20AC\U0001F600"));
        Assert.Equal(0x5E8B01EEAD75AF11UL, XxHash64.Hash(new string('\u20AC', 171)));
    }

    /// <summary>Up to 170 characters are encoded on the stack.</summary>
    [Fact]
    public void ALongTextIsHashedLikeAShortOne()
    {
        Assert.Equal(0x17C6234DFF16AED6UL, XxHash64.Hash(new string('x', 170)));
        Assert.Equal(0x04E43FC84F708EC9UL, XxHash64.Hash(new string('x', 171)));
    }
}
