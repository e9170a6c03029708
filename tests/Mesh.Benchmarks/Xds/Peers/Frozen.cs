using System.Diagnostics;
using System.Globalization;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>A process that stands still until this is disposed, so that the other client is measured alone.</summary>
internal sealed class Frozen : IDisposable
{
    private readonly int _processId;

    public Frozen(int processId)
    {
        _processId = processId;
        Signal("-STOP");
    }

    public void Dispose() => Signal("-CONT");

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
