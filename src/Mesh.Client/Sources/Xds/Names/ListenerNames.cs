using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;

namespace Mesh.Sources.Xds.Names;

/// <summary>From a host to the name of its listener (A47).</summary>
internal static class ListenerNames
{
    /// <summary>The name of a host's listener; null after reporting that the authority is not known.</summary>
    /// <param name="bootstrap">The templates.</param>
    /// <param name="authority">That of an <c>xds://authority/host</c> target; null or empty for <c>xds:///host</c>.</param>
    /// <param name="host">The host, with its port where there is one.</param>
    /// <param name="errors">Where findings go.</param>
    public static string? For(XdsBootstrap bootstrap, string? authority, string host, ErrorCollector errors)
    {
        if (string.IsNullOrEmpty(authority))
            return ResourceTemplate.Populate(bootstrap.ClientDefaultListenerTemplate, host);
        if (bootstrap.Authorities.TryGetValue(authority, out XdsAuthority? known))
            return ResourceTemplate.Populate(known.ClientListenerTemplate, host);
        string others = Quoted.List([.. bootstrap.Authorities.Keys]);
        errors.Error($"authority {Quoted.Name(authority)} of host {Quoted.Name(host)} is not in the bootstrap; its authorities are {others}");
        return null;
    }

    /// <summary>The parts of an <c>xds:</c> target, as gRPC reads them; false when it is none.</summary>
    public static bool TryParseTarget(string target, out string authority, out string host)
    {
        (authority, host) = ("", "");
        const string scheme = "xds:";
        if (!target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        string rest = target[scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            int slash = rest.IndexOf('/', 2);
            authority = slash < 0 ? rest[2..] : rest[2..slash];
            rest = slash < 0 ? "" : rest[slash..];
        }

        return PercentEncoding.TryDecode(rest.StartsWith('/') ? rest[1..] : rest, out host);
    }
}
