using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Reads <c>channel_creds</c> (A27, A65) and <c>call_creds</c> (A97).</summary>
internal static class CredentialsReader
{
    private const string KnownUnsupported = "google_default";

    /// <summary>The first credentials that can be honoured; null after reporting that gRPC itself could use none.</summary>
    /// <param name="holder">The server or service.</param>
    /// <param name="errors">Where findings go.</param>
    public static ChannelCredentials? ReadChannel(BootstrapObject holder, ErrorCollector errors)
    {
        ChannelCredentials? selected = null;
        var offered = new List<string>();
        int before = errors.ErrorCount;
        holder.Each("channel_creds", element =>
        {
            if (ReadTyped(element, errors) is not { } entry)
                return;
            offered.Add(entry.Type);

            // gRPC stops at the first type it can use: what is wrong behind it is nobody's business.
            selected ??= ReadChannel(entry.Type, entry.Config, errors);
        });
        if (selected is not null || errors.ErrorCount > before)
            return selected;
        if (offered.Contains(KnownUnsupported, StringComparer.Ordinal))
            return new ChannelCredentials.Unsupported([.. offered.Distinct(StringComparer.Ordinal)]);
        string found = offered.Count == 0 ? "is missing or empty" : $"offers {Quoted.List(offered)} only";
        errors.Error("channel_creds", $"{found}; known are insecure, tls and {KnownUnsupported}");
        return null;
    }

    /// <summary>All credentials of types that are known.</summary>
    /// <param name="holder">The server or service.</param>
    /// <param name="errors">Where findings go.</param>
    public static ValueList<CallCredentials> ReadCalls(BootstrapObject holder, ErrorCollector errors)
    {
        var all = new List<CallCredentials>();
        holder.Each("call_creds", element =>
        {
            if (ReadTyped(element, errors) is not { } entry)
                return;
            if (entry.Type != "jwt_token_file")
                errors.Warning("type", $"{Quoted.Name(entry.Type)} is not known, so it has no effect; known is jwt_token_file");
            else if (ReadTokenFile(entry.Config, errors) is { } token)
                all.Add(new CallCredentials.JwtTokenFile(token));
        });
        return all.ToValueList();
    }

    private static (string Type, JsonElement? Config)? ReadTyped(JsonElement element, ErrorCollector errors)
    {
        if (BootstrapObject.Read(element, errors) is not { } entry)
            return null;
        string type = entry.Text("type");
        JsonElement? config = entry.Find("config");
        entry.ReportUnknown();
        return (type, config);
    }

    private static ChannelCredentials? ReadChannel(string type, JsonElement? config, ErrorCollector errors)
    {
        switch (type)
        {
            case "insecure":
                if (config is { } unused && (unused.ValueKind != JsonValueKind.Object || unused.EnumerateObject().Any()))
                    errors.Warning("config", "insecure takes none, so it has no effect");
                return new ChannelCredentials.Insecure();
            case "tls":
                if (config is not { } files)
                    return new ChannelCredentials.Tls(new PemFiles());
                using (errors.At("config"))
                    return new ChannelCredentials.Tls(PemFilesReader.Read(files, mayBeEmpty: true, errors));
            case KnownUnsupported:
                errors.Warning("type", $"{type} is known but not supported, so it is passed over; supported are {ChannelCredentials.SupportedTypes}");
                return null;
            default:
                errors.Warning("type", $"{Quoted.Name(type)} is not known, so it is passed over; supported are {ChannelCredentials.SupportedTypes}");
                return null;
        }
    }

    private static string? ReadTokenFile(JsonElement? config, ErrorCollector errors)
    {
        if (config is not { } value)
        {
            errors.Error("config", "is missing; jwt_token_file needs one with the path of the token");
            return null;
        }

        using (errors.At("config"))
        {
            if (BootstrapObject.Read(value, errors) is not { } entry)
                return null;
            int before = errors.ErrorCount;
            string? path = entry.File("jwt_token_file");
            entry.ReportUnknown();
            if (path is null && errors.ErrorCount == before)
                errors.Error("jwt_token_file", "is missing; give the path of the token");
            return path;
        }
    }
}
