namespace Resilience.Acts;

/// <summary>What one client suffered.</summary>
/// <param name="Calls">Its calls.</param>
/// <param name="Halfway">What the servers had counted after half of them.</param>
/// <param name="Requests">What they have counted at the end; null for one that was killed.</param>
internal sealed record Run(IReadOnlyList<CallResult> Calls, long?[] Halfway, long?[] Requests)
{
    public int Answered => Calls.Count(call => call.IsAnswered);

    public int Failed => Calls.Count - Answered;

    /// <summary>Calls that took more than a second, whatever came of them.</summary>
    public int Late => Calls.Count(call => call.Seconds > 1);

    public double Slowest => Calls.Max(call => call.Seconds);

    public long AllRequests => Requests.Sum() ?? 0;

    /// <summary>Prints both side by side.</summary>
    public static void Print(Run plain, Run mesh)
    {
        Row("", "plain client", "mesh");
        Row("calls", $"{plain.Calls.Count}", $"{mesh.Calls.Count}");
        Row("failed", $"{plain.Failed}", $"{mesh.Failed}");
        Row("took more than 1 s", $"{plain.Late}", $"{mesh.Late}");
        Row("the slowest", $"{plain.Slowest:0.00} s", $"{mesh.Slowest:0.00} s");
        for (int i = 0; i < plain.Requests.Length; i++)
        {
            // A server that neither was to call.
            if (plain.Requests[i] is not 0 || mesh.Requests[i] is not 0)
                Row($"requests at server {i + 1}", Count(plain, i), Count(mesh, i));
        }
    }

    private static string Count(Run run, int server) => run.Requests[server] is { } count ? $"{count}" : $"{run.Halfway[server]}, then killed";

    private static void Row(string name, string plain, string mesh) => Console.WriteLine($"   {name,-24}{plain,20}{mesh,20}");
}
