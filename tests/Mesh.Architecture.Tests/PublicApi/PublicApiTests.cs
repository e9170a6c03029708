using System.Reflection;

namespace Mesh.Architecture.Tests.PublicApi;

/// <summary>
/// What the packages promise, one approved file each. The files are changed by hand: a failing test prints the lines that differ and
/// then the whole text as it should be, to be taken over when the change is meant.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Mesh.Abstractions")]
    [InlineData("Mesh.Client")]
    [InlineData("Mesh.TestKit")]
    public void IsAsApproved(string package)
    {
        string name = $"tests/Mesh.Architecture.Tests/PublicApi/{package}.approved.txt";
        string file = Repository.PathOf(name);
        string[] approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] actual = [.. ApiText.Of(Assembly.Load(package))];
        if (approved.SequenceEqual(actual, StringComparer.Ordinal))
            return;

        IEnumerable<string> difference =
        [
            .. WithTypes(approved).Except(WithTypes(actual), StringComparer.Ordinal).Select(line => $"- {line}"),
            .. WithTypes(actual).Except(WithTypes(approved), StringComparer.Ordinal).Select(line => $"+ {line}"),
        ];
        Assert.Fail($"""
            The public API of {package} is not the approved one:
            {string.Join('\n', difference)}

            When that is meant, note it in CHANGELOG.md and make this the text of {name}:

            {string.Join('\n', actual)}
            """);
    }

    /// <summary>Each member behind its type, for equal members of two types are two.</summary>
    private static IEnumerable<string> WithTypes(string[] lines)
    {
        string type = "";
        foreach (string line in lines)
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
                yield return $"{type}: {line.Trim()}";
            else
                yield return type = line.Trim();
        }
    }
}
