namespace ControlPlane;

/// <summary>A temporary folder with the files of the demonstration: the bootstrap, the rules, the last known good.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-controlplane-");

    /// <summary>What <c>GRPC_XDS_BOOTSTRAP</c> names.</summary>
    public string BootstrapPath => PathOf("bootstrap.json");

    /// <summary>What the control plane serves.</summary>
    public string RulesPath => PathOf("rules.yaml");

    public string LastKnownGoodFolder => PathOf("last-known-good");

    /// <summary>Writes the shipped bootstrap, with the control plane's address in place of its example.</summary>
    public void WriteBootstrap(string address)
    {
        string shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "bootstrap.json"));
        File.WriteAllText(BootstrapPath, shipped.Replace("127.0.0.1:18000", address, StringComparison.Ordinal));
    }

    /// <summary>
    /// Writes the rules: where the servers are, and how orders is split. Nothing is tried again, so an attempt that failed would be a
    /// call that failed.
    /// </summary>
    public void WriteRules(IReadOnlyList<ServiceProcess> servers, int v1, int v2)
    {
        File.WriteAllText(RulesPath, $$"""
            services:
              orders:
                versions:
                  v1: { endpoints: [{{Endpoints("orders", "v1")}}] }
                  v2: { endpoints: [{{Endpoints("orders", "v2")}}] }
                split: { v1: {{v1}}, v2: {{v2}} }
              payments:
                endpoints: [{{Endpoints("payments", "v1")}}]

            """);

        string Endpoints(string service, string version) =>
            string.Join(", ", servers.Where(server => server.Service == service && server.Version == version).Select(server => $"\"{server.Address}\""));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
