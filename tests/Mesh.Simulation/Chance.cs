namespace Mesh.Simulation;

/// <summary>Bounds that chance oversteps once in 1e9 runs.</summary>
internal static class Chance
{
    private const double Rare = 1e-9;

    /// <summary>
    /// The most that one of <paramref name="among"/> counts comes to, each of so many trials with one probability, or of trials that are negatively dependent (Chernoff:
    /// P(X >= (1 + d) m) &lt;= exp(-m ((1 + d) ln(1 + d) - d)), and the union over the counts).
    /// </summary>
    public static double Upper(double trials, double probability, int among = 1)
    {
        double mean = trials * probability, exponent = Math.Log(among / Rare);
        return mean == 0 ? 0 : mean * Solve(x => mean * ((x * Math.Log(x)) - x + 1) >= exponent, from: 1, to: 1 + ((exponent + Math.Sqrt(3 * exponent * mean)) / mean) + exponent);
    }

    /// <summary>The least that one of <paramref name="among"/> counts comes to (Chernoff: P(X &lt;= (1 - d) m) &lt;= exp(-m ((1 - d) ln(1 - d) + d))).</summary>
    public static double Lower(double trials, double probability, int among = 1)
    {
        double mean = trials * probability, exponent = Math.Log(among / Rare);
        return mean <= exponent ? 0 : mean * Solve(x => mean * ((x * Math.Log(x)) - x + 1) >= exponent, from: 1, to: 1e-12);
    }

    /// <summary>
    /// How many times its fair share one of <paramref name="owners"/> may have of a circle on which each has <paramref name="points"/> points by chance. A share is Beta
    /// distributed, so that P(S >= x) is that of a binomial variable to stay below the points, at most exp(-(n - 1) (x - 1 - ln x)), and the same from below.
    /// </summary>
    public static (double Least, double Most) ArcShares(int points, int owners)
    {
        double exponent = Math.Log(owners / Rare);
        return (Solve(x => (points - 1) * (x - 1 - Math.Log(x)) >= exponent, from: 1, to: 1e-12), Solve(x => (points - 1) * (x - 1 - Math.Log(x)) >= exponent, from: 1, to: 1 + exponent + (3 * exponent / points)));
    }

    /// <summary>The first point on the way from one number to another where something holds; what lies behind holds too.</summary>
    private static double Solve(Predicate<double> holds, double from, double to)
    {
        for (int i = 0; i < 100; i++)
        {
            double middle = (from + to) / 2;
            if (holds(middle))
                to = middle;
            else
                from = middle;
        }

        return to;
    }
}
