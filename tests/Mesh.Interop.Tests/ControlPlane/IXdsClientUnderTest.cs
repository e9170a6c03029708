namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>What became of a call.</summary>
/// <param name="Status">The gRPC status by its name, `OK` or `UNAVAILABLE`.</param>
/// <param name="Backend">Who answered.</param>
/// <param name="Detail">What the client says of a failure: printed, never compared.</param>
internal sealed record CallResult(string Status, string? Backend = null, string? Detail = null);

/// <summary>A client that finds its backends through a bootstrap file. The scenarios know nothing else of it.</summary>
internal interface IXdsClientUnderTest : IAsyncDisposable
{
    /// <summary>Calls `mesh.test.Echo/Unary` of a host.</summary>
    Task<CallResult> CallAsync(string host, IReadOnlyDictionary<string, string>? headers, TimeSpan deadline);
}

/// <summary>A kind of client: how it is called in a report, and how one is started with a bootstrap file.</summary>
internal sealed record ClientKind(string Name, Func<string, Task<IXdsClientUnderTest>> StartAsync);
