using System.Net;
using Mesh.Interop.Tests.Protos;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Smoke;

public class TestServerGrpcTests
{
    [Fact]
    public async Task UnaryAndAnyOtherMethodGiveTheMessageBack()
    {
        await using var server = await TestServer.StartAsync(o => o.Protocols = HttpProtocols.Http2);
        using var client = PlainClient.Create(server.Url, HttpVersion.Version20);
        var message = new EchoRequest { Text = new string('t', 100_000), Count = 7 };
        foreach (var method in new[] { "grpc.Test/Unary", "orders.Orders/Get" })
        {
            var (replies, status) = await GrpcCall.CallAsync(client, method, EchoRequest.Parser, message);
            Assert.Equal([message], replies);
            Assert.Equal("0 in trailers", status);
        }

        Assert.Equal(1, server.Counts.ByPath["/orders.Orders/Get"]);
    }

    [Fact]
    public async Task AStreamGivesEachMessageBackAsItComes()
    {
        await using var server = await TestServer.StartAsync(o => o.Protocols = HttpProtocols.Http2);
        using var client = PlainClient.Create(server.Url, HttpVersion.Version20);
        using var content = new ManualContent();
        using var response = await GrpcCall.SendAsync(client, "grpc.Test/Stream", content);
        await using var body = await response.Content.ReadAsStreamAsync();
        for (var i = 1; i <= 3; i++)
        {
            var message = new EchoRequest { Count = i };
            await content.WriteAsync(GrpcCall.Frame(message));
            Assert.Equal(message, await GrpcCall.ReadAsync(body, EchoRequest.Parser));
        }

        content.End();
        Assert.Null(await GrpcCall.ReadAsync(body, EchoRequest.Parser));
        Assert.Equal("0 in trailers", GrpcCall.Status(response));
    }

    [Theory]
    [InlineData("grpc.Test/Fail?code=14", 1, "14 in trailers")]
    [InlineData("grpc.Test/Fail?code=8&trailersonly=1", 0, "8 in headers")]
    public async Task FailEndsWithTheStatusAsked(string method, int messages, string expected)
    {
        await using var server = await TestServer.StartAsync(o => o.Protocols = HttpProtocols.Http2);
        using var client = PlainClient.Create(server.Url, HttpVersion.Version20);
        var (replies, status) = await GrpcCall.CallAsync(client, method, EchoReply.Parser, new EchoRequest());
        Assert.Equal(messages, replies.Count);
        Assert.Equal(expected, status);
    }
}
