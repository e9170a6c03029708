using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quickstart;

// The demonstration's part: this program, started again with an argument, is each of the servers that it calls.
if (args is [OrdersServer.Argument, var version])
    return await OrdersServer.RunAsync(version);
await using ServerGroup servers = await ServerGroup.StartAsync("v1", "v2", "v2");
using var meshFile = new MeshFile(servers.Ports);

// Your part. Where mesh.yaml lies beside the program, AddMesh() alone finds it; this one was written with the servers' ports.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddHttpClient();
builder.Services.AddMesh(options => options.ConfigurationPath = meshFile.Path);

using IHost app = builder.Build();
await app.StartAsync();
HttpClient client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

// Plain calls. No host is named "orders": mesh.yaml says where its versions are, who gets which, and what is tried again.
Task<HttpResponseMessage> Get() => client.GetAsync("http://orders/api/orders/1");
Task<HttpResponseMessage> GetBeta() => client.SendAsync(
    new HttpRequestMessage(HttpMethod.Get, "http://orders/api/orders/1") { Headers = { { "x-beta", "true" } } });

// The demonstration's part again: many such calls, and what the servers counted of them.
bool serve = args.Contains("--serve");
Task inputEnd = serve ? StandardInput.EndAsync() : Task.CompletedTask;
CancellationToken stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var load = new CallLoad(stopping);
Task demonstration = new Demonstration(servers, meshFile, app.Services.GetRequiredService<IMeshState>(), load, Get, GetBeta).RunAsync();
await demonstration.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
if (stopping.IsCancellationRequested)
    return 130;
await demonstration;

if (serve)
    await Serving.PrepareAsync(servers, meshFile);
Console.WriteLine($"quickstart: {load.Calls} calls, {load.Failed} failed");
if (serve)
    await Task.WhenAny(app.WaitForShutdownAsync(), inputEnd);
await app.StopAsync();
return load.Failed == 0 ? 0 : 1;
