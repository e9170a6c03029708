using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mesh.TestKit.Certificates;

namespace Mesh.Interop.Tests.Smoke;

/// <summary>The runtime's own client with nothing of the mesh in it, to hold a peer's word against.</summary>
internal static class PlainClient
{
    public static HttpClient Create(
        Uri url, Version? version = null, CertificateAuthority? trust = null, IssuedCertificate? identity = null, EndPoint? endPoint = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = trust?.TrustPolicy();
        if (identity is not null)
        {
            handler.SslOptions.ClientCertificateContext =
                SslStreamCertificateContext.Create(identity.Certificate, identity.Intermediates, offline: true);
        }

        if (endPoint is not null)
        {
            handler.ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(endPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        return new HttpClient(handler)
        {
            BaseAddress = url,
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
