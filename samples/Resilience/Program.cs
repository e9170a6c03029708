using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resilience;
using Resilience.Acts;

// The demonstration's part: this program, started again with an argument, is each of the servers that it calls.
if (args is [OrdersServer.Argument, var port])
    return await OrdersServer.RunAsync(port);
await using ServerGroup servers = await ServerGroup.StartAsync();
using var meshFile = new MeshFile(servers);

// Your part. Where mesh.yaml lies beside the program, AddMesh() alone finds it; this one was written with the servers' ports.
HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddHttpClient();
builder.Services.AddMesh(options => options.ConfigurationPath = meshFile.Path);

using IHost app = builder.Build();
await app.StartAsync();
HttpClient client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

// The demonstration's part again: what a client suffers that has no mesh, and what one suffers that has.
Act[] acts = [new SlowEndpoint(), new ErroringEndpoint(), new OverloadedEndpoint(), new ZoneOutage(), new RetryStorm()];
Console.WriteLine($"Four servers ({string.Join(", ", servers.Addresses)}), and the rules of {meshFile.Path}");
int failed = 0;
for (int i = 0; i < acts.Length; i++)
{
    Console.WriteLine();
    Console.WriteLine($"{i + 1}. {acts[i].Title}");
    if (!await acts[i].PlayAsync(servers, client))
        failed++;
}

await app.StopAsync();
Console.WriteLine();
Console.WriteLine($"resilience: {acts.Length} acts, {failed} failed");
return failed == 0 ? 0 : 1;
