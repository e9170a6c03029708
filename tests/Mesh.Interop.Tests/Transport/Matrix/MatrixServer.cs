namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>A server as the rules see it.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Alpn">What it offers over TLS, dearest first; null for a server without TLS.</param>
/// <param name="Plain">What it speaks without TLS.</param>
/// <param name="ToOtherProtocol">What a caller gets where the server speaks only the other protocol, without TLS to agree on one.</param>
internal sealed record MatrixServer(string Name, string[]? Alpn = null, string Plain = "", string ToOtherProtocol = "")
{
    public bool IsTls => Alpn is not null;
}
