using System.Text.Json.Nodes;
using Mesh.TestKit.Certificates;

namespace Mesh.TestKit.ControlPlane.Hosting;

/// <summary>The bootstrap that names a server, and the files it names in turn: certificates and token of a client the server lets in.</summary>
internal sealed class BootstrapFiles(AdsServerOptions options) : IDisposable
{
    private readonly TempFolder? _folder = options.Certificate is null && options.BearerToken is null ? null : new TempFolder();
    private readonly Lock _lock = new();
    private JsonArray? _channelCredentials;
    private JsonArray? _callCredentials;

    public string Build(string address)
    {
        lock (_lock)
        {
            _channelCredentials ??= [ChannelCredentials()];
            _callCredentials ??= CallCredentials();
            var server = new JsonObject
            {
                ["server_uri"] = address,
                ["channel_creds"] = _channelCredentials.DeepClone(),
                ["server_features"] = new JsonArray([.. options.ServerFeatures.Select(feature => JsonValue.Create(feature))]),
            };
            if (_callCredentials.Count > 0)
                server["call_creds"] = _callCredentials.DeepClone();
            return new JsonObject
            {
                ["xds_servers"] = new JsonArray(server),
                ["node"] = new JsonObject { ["id"] = options.NodeId, ["cluster"] = options.NodeCluster },
            }.ToJsonString();
        }
    }

    public void Dispose() => _folder?.Dispose();

    private JsonObject ChannelCredentials()
    {
        if (options.Certificate is not { } certificate)
            return new JsonObject { ["type"] = "insecure" };
        string root = _folder!["ca.pem"];
        File.WriteAllText(root, certificate.RootPem);
        var config = new JsonObject { ["ca_certificate_file"] = root };
        if (options.ClientAuthority is { } authority)
        {
            using IssuedCertificate client = authority.IssueClient(options.NodeId);
            var pem = new PemFolder(_folder["client"], client);
            config["certificate_file"] = pem.CertificateFile;
            config["private_key_file"] = pem.KeyFile;
        }

        return new JsonObject { ["type"] = "tls", ["config"] = config };
    }

    private JsonArray CallCredentials()
    {
        if (options.BearerToken is not { } token)
            return [];
        string file = _folder!["token"];
        File.WriteAllText(file, token);
        return [new JsonObject { ["type"] = "jwt_token_file", ["config"] = new JsonObject { ["jwt_token_file"] = file } }];
    }
}
