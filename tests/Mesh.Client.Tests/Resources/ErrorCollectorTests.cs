using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Resources;

/// <summary>Findings with their owners and paths, and no more of them than anybody can read.</summary>
public sealed class ErrorCollectorTests
{
    private readonly ErrorCollector _errors = new();

    [Fact]
    public void PathsAreMadeOfScopes()
    {
        using (_errors.At("a"))
        using (_errors.At("b", 2))
        using (_errors.At("c", "x.y"))
        using (_errors.At("", 0))
            _errors.Error("d", "wrong");
        _errors.Warning("odd");
        Assert.Equal(["a.b[2].c[\"x.y\"][0].d: wrong", "odd"], _errors.Items.Select(item => item.ToString()));
        Assert.Equal((1, 1), (_errors.ErrorCount, _errors.WarningCount));
    }

    [Fact]
    public void AnOwnersPathStartsAtIt()
    {
        using (_errors.At("resources", 1))
        using (_errors.Owner("Cluster 'c'"))
        using (_errors.At("name"))
            _errors.Error("wrong");
        _errors.Error("after", "wrong");
        Assert.Equal(["Cluster 'c': name: wrong", "after: wrong"], _errors.Items.Select(item => item.ToString()));
        Assert.Equal(["resources[1].name", "after"], _errors.Items.Select(item => item.DocumentPath));
    }

    [Fact]
    public void PlacesComeFirst()
    {
        var error = new ResourceError(Severity.Error, "Cluster 'c'", "name", "wrong");
        Assert.Equal("Cluster 'c': name: wrong", error.ToString());
        Assert.Equal("3:7: Cluster 'c': name: wrong", (error with { Position = new(3, 7) }).ToString());
        Assert.Equal("a.yaml: Cluster 'c': name: wrong", (error with { File = "a.yaml" }).ToString());
        Assert.Equal("a.yaml:3:7: Cluster 'c': name: wrong", (error with { File = "a.yaml", Position = new(3, 7) }).ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ErrorCollector.MaxItems - 1)]
    [InlineData(ErrorCollector.MaxItems)]
    [InlineData(5000)]
    public void TheFirstErrorIsKeptBehindAnyNumberOfWarnings(int warnings)
    {
        for (int i = 0; i < warnings; i++)
            _errors.Warning("odd");
        _errors.Error("wrong");
        Assert.Contains(_errors.Items, item => item.Severity == Severity.Error);
        Assert.InRange(_errors.Items.Count, 1, ErrorCollector.MaxItems + 1);
        Assert.Equal((1, warnings), (_errors.ErrorCount, _errors.WarningCount));
    }

    [Fact]
    public void FurtherErrorsAreCounted()
    {
        for (int i = 0; i < 3000; i++)
            _errors.Error("wrong");
        Assert.Equal((ErrorCollector.MaxItems, 3000), (_errors.Items.Count, _errors.ErrorCount));
    }

    [Fact]
    public void DeepPathsGrow()
    {
        Nest(200);
        Assert.Equal(200, _errors.Items[0].Path.Split('.').Length);
    }

    private void Nest(int depth)
    {
        if (depth == 0)
        {
            _errors.Error("deep");
            return;
        }

        using (_errors.At("x"))
            Nest(depth - 1);
    }
}
