using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Mesh.Benchmarks.Overhead;

/// <summary>Gives client and server a core each, so that neither's work is booked on the other.</summary>
internal static class Cores
{
    /// <summary>Puts all threads of a process on one core; false where the machine has no way or no such core.</summary>
    public static bool Pin(int processId, int core)
    {
        if (Environment.ProcessorCount <= core)
            return false;
        try
        {
            // Process.ProcessorAffinity moves the main thread only.
            string[] arguments = ["-a", "-c", "-p", core.ToString(CultureInfo.InvariantCulture), processId.ToString(CultureInfo.InvariantCulture)];
            using var taskset = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            taskset.WaitForExit();
            return taskset.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
