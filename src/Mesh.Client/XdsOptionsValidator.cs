namespace Mesh;

/// <summary>Checks the options of control planes, all of them, and says of each what is allowed.</summary>
internal static class XdsOptionsValidator
{
    public static IEnumerable<string> Errors(XdsOptions options)
    {
        if (options.Bootstrap is not null && options.BootstrapPath is not null)
            yield return "XdsOptions.Bootstrap and XdsOptions.BootstrapPath: both are set; a process has one bootstrap";
        if (options.MaxMessageBytes <= 0)
            yield return $"XdsOptions.MaxMessageBytes: {options.MaxMessageBytes} is not allowed; it must be more than zero";
        if (options.KeepAliveInterval < TimeSpan.FromSeconds(1))
            yield return $"XdsOptions.KeepAliveInterval: {options.KeepAliveInterval} is not allowed; it must be at least 1 s";
        if (options.KeepAliveTimeout < TimeSpan.FromSeconds(1))
            yield return $"XdsOptions.KeepAliveTimeout: {options.KeepAliveTimeout} is not allowed; it must be at least 1 s";
        for (int i = 0; i < options.Servers.Count; i++)
        {
            XdsServerOptions server = options.Servers[i];
            if (string.IsNullOrEmpty(server.Uri))
                yield return $"XdsOptions.Servers[{i}].Uri: required, as host:port, dns:///host:port or unix:///path";
            if (server.CertificateFile is null != server.KeyFile is null)
                yield return $"XdsOptions.Servers[{i}]: CertificateFile and KeyFile come together, and one of them is missing";
            if (server.Plaintext && (server.CaFile ?? server.CertificateFile ?? server.TokenFile) is not null)
                yield return $"XdsOptions.Servers[{i}]: Plaintext is set beside CaFile, CertificateFile or TokenFile, which need TLS";
        }
    }
}
