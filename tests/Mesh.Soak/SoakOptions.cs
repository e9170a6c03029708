using System.Globalization;

namespace Mesh.Soak;

/// <summary>What a run is asked for.</summary>
/// <param name="Minutes">How long there are faults.</param>
/// <param name="Seed">What decides which fault comes when, and where.</param>
/// <param name="Rate">Calls a second.</param>
internal sealed record SoakOptions(double Minutes = 2, int Seed = 1, int Rate = 500)
{
    /// <summary>Null where the arguments are none of this program's.</summary>
    public static SoakOptions? Parse(string[] arguments)
    {
        SoakOptions? options = new();
        foreach (string[] pair in arguments.Chunk(2))
        {
            options = pair switch
            {
                ["--minutes", var text] when double.TryParse(text, CultureInfo.InvariantCulture, out double minutes) && minutes > 0 => options with { Minutes = minutes },
                ["--seed", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int seed) => options with { Seed = seed },
                ["--rate", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int rate) && rate > 0 => options with { Rate = rate },
                _ => null,
            };
            if (options is null)
                return null;
        }

        return options;
    }
}
