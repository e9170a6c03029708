namespace Quickstart;

/// <summary>Standard input as a way to stop this program.</summary>
internal static class StandardInput
{
    /// <summary>
    /// Ends with standard input; never when that is a terminal, where Ctrl+C stops the program, or when it has ended from the start, as it
    /// has for what a script puts in the background.
    /// </summary>
    public static async Task EndAsync()
    {
        if (!Console.IsInputRedirected)
            await Task.Delay(Timeout.Infinite);
        Task end = Console.OpenStandardInput().CopyToAsync(Stream.Null);
        if (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(1))) == end)
            await Task.Delay(Timeout.Infinite);
        await end;
    }
}
