using System.Text.Json;
using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ControlPlane;

/// <summary>
/// The client process. It knows of its control plane what <c>GRPC_XDS_BOOTSTRAP</c> says, and of the services their names. It calls
/// without pause, prints a report for each line of its standard input, and ends with it.
/// </summary>
internal static class ClientProgram
{
    /// <summary>Makes this program the client; the URLs to call follow.</summary>
    public const string Argument = "client";

    /// <summary>The folder of the last known good configuration; not set: none is kept.</summary>
    public const string FolderVariable = "LAST_KNOWN_GOOD_FOLDER";

    public static async Task<int> RunAsync(string[] urls)
    {
        // Your part. AddMesh() alone asks the control plane of GRPC_XDS_BOOTSTRAP; a folder for what it said last is for you to choose.
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        LogToStandardError(builder.Logging);
        builder.Services.AddHttpClient();
        builder.Services.AddMesh(options =>
        {
            options.UseXds(xds => xds.LastKnownGoodFolder = Environment.GetEnvironmentVariable(FolderVariable));

            // The first call waits for the control plane's answer: 2 s by default, and a machine that is busy may need longer than that.
            options.FirstConfigTimeout = TimeSpan.FromSeconds(15);
        });

        using IHost app = builder.Build();
        await app.StartAsync();
        HttpClient client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        // The demonstration's part: many calls, and what became of them.
        var state = app.Services.GetRequiredService<IMeshState>();
        var load = new CallLoad(client, urls);
        Task calls = load.RunAsync();
        await ReportAsync(load, state, app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        load.Stop();
        await calls;
        Print(load, state);
        await app.StopAsync();
        return load.Failed == 0 ? 0 : 1;
    }

    // Standard output is for the reports.
    private static void LogToStandardError(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Mesh.Xds", LogLevel.Information);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static async Task ReportAsync(CallLoad load, IMeshState state, CancellationToken stopping)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        try
        {
            while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(stopping) is not null)
            {
                // So that all that is called from here on is routed by what the report says.
                await load.WaitForThoseUnderWayAsync();
                Print(load, state);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C ends it as the end of input does.
        }
    }

    private static void Print(CallLoad load, IMeshState state) => Console.WriteLine(JsonSerializer.Serialize(new ClientReport(
        load.Calls,
        load.Failed,
        load.FirstFailure,
        state.ControlPlanes.Any(plane => plane.IsConnected),
        state.Sources.Any(source => source.IsStale))));
}
