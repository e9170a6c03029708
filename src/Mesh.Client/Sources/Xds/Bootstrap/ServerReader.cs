using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Reads <c>xds_servers</c>, of the top and of an authority, and <c>allowed_grpc_services</c>.</summary>
internal static class ServerReader
{
    private static readonly string KnownFeatures = string.Join(", ", XdsServer.KnownFeatures);

    public static ValueList<XdsServer> ReadList(BootstrapObject holder, ErrorCollector errors)
    {
        var servers = new List<XdsServer>();
        holder.Each("xds_servers", element =>
        {
            if (Read(element, errors) is { } server)
                servers.Add(server);
        });
        return servers.ToValueList();
    }

    /// <summary>One server; null after reporting what is wrong with it.</summary>
    public static XdsServer? Read(JsonElement element, ErrorCollector errors)
    {
        if (BootstrapObject.Read(element, errors) is not { } entry)
            return null;
        int before = errors.ErrorCount;
        string uri = entry.Text("server_uri");
        if (uri.Length == 0 && errors.ErrorCount == before)
            errors.Error("server_uri", "is missing or empty; give the server's address, as dns:///host:port or unix:///path");
        ChannelCredentials? credentials = CredentialsReader.ReadChannel(entry, errors);
        ValueList<CallCredentials> calls = CredentialsReader.ReadCalls(entry, errors);
        ValueList<string> features = ReadFeatures(entry, errors);
        entry.NotSupported("max_xds_resource_size", "gRFC A70");
        entry.NotSupported("max_xds_message_size", "gRFC A70");
        entry.ReportUnknown();
        if (credentials is null || errors.ErrorCount > before)
            return null;
        return new XdsServer { Uri = uri, Credentials = credentials, CallCredentials = calls, Features = features };
    }

    /// <summary>The services by their targets. gRPC refuses one without credentials, or with none that it knows (A102).</summary>
    public static IReadOnlyDictionary<string, AllowedGrpcService> ReadAllowed(BootstrapObject holder, string key, ErrorCollector errors)
    {
        var services = new Dictionary<string, AllowedGrpcService>(StringComparer.Ordinal);
        holder.EachNamed(key, (target, element) =>
        {
            if (BootstrapObject.Read(element, errors) is not { } entry)
                return;
            ChannelCredentials? credentials = CredentialsReader.ReadChannel(entry, errors);
            ValueList<CallCredentials> calls = CredentialsReader.ReadCalls(entry, errors);
            entry.ReportUnknown();
            if (credentials is not null)
                services[target] = new AllowedGrpcService(target, credentials, calls);
        });
        return services;
    }

    // "The client will ignore any entry in the list that it does not understand, regardless of type."
    private static ValueList<string> ReadFeatures(BootstrapObject entry, ErrorCollector errors)
    {
        var features = new List<string>();
        entry.Each("server_features", element =>
        {
            string? feature = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
            if (feature is not null)
                features.Add(feature);
            if (feature is null || !XdsServer.KnownFeatures.Contains(feature, StringComparer.Ordinal))
                errors.Warning($"{BootstrapObject.Describe(element)} is not known, so it has no effect; known are {KnownFeatures}");
        });
        return features.ToValueList();
    }
}
