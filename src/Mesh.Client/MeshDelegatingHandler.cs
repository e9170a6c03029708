using Mesh.Calls;

namespace Mesh;

/// <summary>
/// The mesh inside a factory client's chain: innermost, next to the primary handler, which serves only what passes through. It is a
/// thin shell, because the factory takes delegating handlers only.
/// </summary>
internal sealed class MeshDelegatingHandler : DelegatingHandler
{
    private readonly MeshHandler _mesh;
    private readonly HttpMessageInvoker _passThrough;

    public MeshDelegatingHandler(CallEngine engine, bool claimsEveryHost)
    {
        _passThrough = new HttpMessageInvoker(new InnerCaller(this), disposeHandler: false);
        _mesh = new MeshHandler(engine, claimsEveryHost, _passThrough);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _mesh.SendCoreAsync(request, async: true, cancellationToken);

    // Overridden too, or a synchronous call would slip past the mesh.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _mesh.SendCoreAsync(request, async: false, cancellationToken).GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _mesh.Dispose();
            _passThrough.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Calls the inner handler, which is known only once the chain is built.</summary>
    private sealed class InnerCaller(MeshDelegatingHandler owner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            owner.SendInnerAsync(request, cancellationToken);

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            owner.SendInner(request, cancellationToken);
    }

    private Task<HttpResponseMessage> SendInnerAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    private HttpResponseMessage SendInner(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);
}
