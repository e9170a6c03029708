using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>Equal by elements, whatever arrays stand behind.</summary>
public sealed class ValueListTests
{
    [Fact]
    public void EqualElementsAreEqualLists()
    {
        ValueList<string> a = ["x", "y"], b = [new string('x', 1), "y"], shorter = ["x"], other = ["x", "z"];
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, shorter);
        Assert.NotEqual(a, other);
    }

    [Fact]
    public void NothingIsAnEmptyList()
    {
        ValueList<int> none = default, empty = [], made = new([]);
        Assert.Equal(none, empty);
        Assert.Equal(none, made);
        Assert.Equal(none.GetHashCode(), made.GetHashCode());
        Assert.Empty(none);
        Assert.Equal("[]", none.ToString());
    }

    [Fact]
    public void OrderMatters() => Assert.NotEqual<ValueList<int>>([1, 2], [2, 1]);
}
