using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>The reference: @grpc/grpc-js-xds.</summary>
internal sealed class GrpcJsClientUnderTest : IXdsClientUnderTest
{
    public static readonly ClientKind Kind = new("grpc-js", async bootstrap => new GrpcJsClientUnderTest(await GrpcJsXdsClient.StartAsync(bootstrap)));

    private readonly GrpcJsXdsClient _client;

    private GrpcJsClientUnderTest(GrpcJsXdsClient client) => _client = client;

    public async Task<CallResult> CallAsync(string host, IReadOnlyDictionary<string, string>? headers, TimeSpan deadline)
    {
        var calls = await _client.CallAsync($"xds:///{host}", headers: headers, deadline: deadline);
        return new CallResult(calls[0].Code, calls[0].Backend, calls[0].Details);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
