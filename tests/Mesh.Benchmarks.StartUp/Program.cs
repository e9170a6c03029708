// A program as short as they come: it starts a mesh, makes one gRPC call and prints when the answer was there, on the machine's monotonic
// clock, and the processor time it took in milliseconds. The mesh is a file named by the argument, or what GRPC_XDS_BOOTSTRAP leads to.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Mesh;

byte[] message = [0, 0, 0, 0, 3, 0x0A, 1, (byte)'x'];
await using MeshHost mesh = await MeshHost.StartAsync(new MeshOptions { ConfigurationPath = args.FirstOrDefault() });
using var client = new HttpClient(mesh.CreateHandler());
using var request = new HttpRequestMessage(HttpMethod.Post, "http://host-0/mesh.test.Echo/Unary")
{
    Version = HttpVersion.Version20,
    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    Content = new ByteArrayContent(message) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
};
request.Headers.TryAddWithoutValidation("TE", "trailers");
using HttpResponseMessage response = await client.SendAsync(request);
bool ok = response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status) && status.First() == "0";
Console.WriteLine(ok ? string.Create(CultureInfo.InvariantCulture, $"answered {Stopwatch.GetTimestamp()} {Environment.CpuUsage.TotalTime.TotalMilliseconds}") : $"failed {response}");
return ok ? 0 : 1;
