// A TestServer as a process, so that a test can kill it: see ServerProcess in Mesh.TestKit.
//   --protocol h1|h2c|tls --port N --name X [--certificate cert.pem --key key.pem]
// Prints "listening PORT" and ends when standard input closes, hence also when its parent dies. A line "counts" there prints
// "counts {json}"; a GET of /__counts answers the same.

using System.Globalization;
using System.Text.Json;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var arguments = args.Chunk(2).ToDictionary(
    pair => pair[0],
    pair => pair.Length == 2 ? pair[1] : throw new ArgumentException($"'{pair[0]}' lacks a value."));

await using var server = await TestServer.StartAsync(o =>
{
    o.Name = arguments.GetValueOrDefault("--name", o.Name);
    o.Port = int.Parse(arguments.GetValueOrDefault("--port", "0"), CultureInfo.InvariantCulture);
    // Only the counts leave this process.
    o.RecordLimit = 0;
    o.Protocols = arguments.GetValueOrDefault("--protocol", "h1") switch
    {
        "h1" => HttpProtocols.Http1,
        "h2c" => HttpProtocols.Http2,
        "tls" => HttpProtocols.Http1AndHttp2,
        var other => throw new ArgumentException($"--protocol '{other}' is none of h1, h2c, tls."),
    };
    if (o.Protocols == HttpProtocols.Http1AndHttp2)
        o.Certificate = IssuedCertificate.FromPemFiles(arguments["--certificate"], arguments["--key"]);
});

await Console.Out.WriteLineAsync($"listening {server.Port}");
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line == "counts")
        await Console.Out.WriteLineAsync($"counts {JsonSerializer.Serialize(server.Counts, JsonSerializerOptions.Web)}");
}
