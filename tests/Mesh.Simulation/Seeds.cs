using System.Globalization;
using Xunit;

namespace Mesh.Simulation;

/// <summary>The seeds that every test runs with: one that is always the same, and that of <c>MESH_SIMULATION_SEED</c> where it is set.</summary>
internal static class Seeds
{
    public static TheoryData<int> All => [.. Each];

    private static int[] Each =>
        Environment.GetEnvironmentVariable("MESH_SIMULATION_SEED") is { Length: > 0 } text && int.Parse(text, CultureInfo.InvariantCulture) is var seed and not 1 ? [1, seed] : [1];

    /// <summary>Each of some words with each seed.</summary>
    public static TheoryData<string, int> With(params string[] words)
    {
        var all = new TheoryData<string, int>();
        foreach (string word in words)
        {
            foreach (int seed in Each)
                all.Add(word, seed);
        }

        return all;
    }
}
