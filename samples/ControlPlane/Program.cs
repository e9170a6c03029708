using System.Runtime.InteropServices;
using ControlPlane;

// This program, started again with an argument, is each of the processes of the demonstration; the README says how to start them by hand.
return args switch
{
    [] => await DemonstrateAsync(),
    [ClientProgram.Argument, _, ..] => await ClientProgram.RunAsync(args[1..]),
    [ServiceProgram.Argument, var name] => await ServiceProgram.RunAsync(name),
    [ControlPlaneProgram.Argument, var port, var rules] when ushort.TryParse(port, out ushort number) =>
        await ControlPlaneProgram.RunAsync(number, rules),
    _ => Usage(),
};

static async Task<int> DemonstrateAsync()
{
    using var stop = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    try
    {
        await using var demonstration = new Demonstration(stop.Token);
        var (calls, failed) = await demonstration.RunAsync();
        Console.WriteLine($"controlplane: {calls} calls, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
    catch (Exception) when (stop.IsCancellationRequested)
    {
        return 130;
    }
    catch (Exception e)
    {
        Console.WriteLine();
        Console.WriteLine($"controlplane: {e.Message}");
        return 1;
    }

    // So that the processes are ended and the files removed first.
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}

static int Usage()
{
    Console.Error.WriteLine($"""
        Without arguments: the demonstration. Its processes by hand:
           {ControlPlaneProgram.Argument} PORT RULES_FILE   a control plane
           {ServiceProgram.Argument} NAME                    a web server
           {ClientProgram.Argument} URL...                   calls what the control plane of GRPC_XDS_BOOTSTRAP knows
        """);
    return 2;
}
