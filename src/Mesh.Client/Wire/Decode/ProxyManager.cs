using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.Decode;

/// <summary>The HttpConnectionManager of a <see cref="ProxyListener"/>.</summary>
internal static class ProxyManager
{
    /// <summary>
    /// Reduces it where it stands: a filter whose configuration is discovered (ECDS) is none we know, and its decoder says so; routes that
    /// are to be asked for at another server are asked for at the one that gave the listener.
    /// </summary>
    public static void Reduce(Any config, ErrorCollector errors)
    {
        HttpConnectionManager manager;
        try
        {
            manager = HttpConnectionManager.Parser.ParseFrom(config.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            // The decoder says what is wrong with it.
            return;
        }

        bool changed = false;
        foreach (HttpFilter filter in manager.HttpFilters)
        {
            if (filter.ConfigTypeCase != HttpFilter.ConfigTypeOneofCase.ConfigDiscovery)
                continue;
            filter.ClearConfigType();
            changed = true;
        }

        if (manager.Rds?.ConfigSource is { } source)
        {
            using (errors.At("rds"))
                changed |= UseAds(source, "config_source", errors);
        }

        if (changed)
            config.Value = manager.ToByteString();
    }

    /// <summary>
    /// Makes <c>api_config_source</c> mean ADS. It names a cluster of the proxy's own, which a client has not; a server that serves one type
    /// for itself serves it over ADS too.
    /// </summary>
    public static bool UseAds(ConfigSource source, string field, ErrorCollector errors)
    {
        if (source.ConfigSourceSpecifierCase != ConfigSource.ConfigSourceSpecifierOneofCase.ApiConfigSource)
            return false;
        errors.Warning($"{field}.api_config_source", "another server is not asked: the one that gave this is");
        source.Ads = new AggregatedConfigSource();
        return true;
    }
}
