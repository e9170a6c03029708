// dotnet run -c Release --project tests/Mesh.Soak -- [--minutes 2] [--seed 1] [--rate 500]
// Calls real processes through a mesh while they are killed, stalled, reset and slowed down, and holds both sides' books against each
// other. The last line is "soak: N calls, N failed, N lost"; exit 1 where anything was not as it must be.

using Mesh.Soak;

if (args is [Backend.Argument, .. var rest])
    return await Backend.RunAsync(rest);
if (SoakOptions.Parse(args) is { } options)
    return await new SoakRun(options).RunAsync() ? 0 : 1;
Console.Error.WriteLine("usage: [--minutes N] [--seed N] [--rate CALLS_A_SECOND]");
return 2;
