using System.Net;
using System.Net.Sockets;
using Google.Protobuf.Collections;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using SourceType = Mesh.Wire.Protos.Envoy.Config.Listener.V3.FilterChainMatch.Types.ConnectionSourceType;

namespace Mesh.Wire.Decode;

/// <summary>
/// The matches of a listener's chains as gRPC reads them (gRFC A36): a chain that asks for what gRPC never sees is left out, and no two may
/// take the same connections.
/// </summary>
internal sealed class FilterChainMatches(ErrorCollector errors)
{
    private readonly HashSet<Key> _seen = [];

    /// <summary>How many chains were taken.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a chain's match; false where the chain is left out.</summary>
    public bool Add(FilterChainMatch? match)
    {
        match ??= new FilterChainMatch();
        using ErrorCollector.Scope scope = errors.At("filter_chain_match");
        if (match.DestinationPort is not null and not 0 || match.ServerNames.Count > 0 || match.ApplicationProtocols.Count > 0 || match.TransportProtocol is not ("" or "raw_buffer"))
            return false;

        Count++;
        if (match.SourceType is < SourceType.Any or > SourceType.External)
            errors.Error("source_type", $"{(int)match.SourceType} is not known; allowed are ANY, SAME_IP_OR_LOOPBACK and EXTERNAL");
        List<string> destinations = Ranges(match.PrefixRanges, "prefix_ranges"), sources = Ranges(match.SourcePrefixRanges, "source_prefix_ranges");
        IReadOnlyList<uint> ports = match.SourcePorts.Count == 0 ? [0] : match.SourcePorts;
        bool twice = false;
        foreach (string destination in destinations)
        {
            foreach (string source in sources)
            {
                foreach (uint port in ports.Distinct())
                    twice |= !_seen.Add(new Key(destination, match.TransportProtocol, match.SourceType, source, port));
            }
        }

        if (twice)
            errors.Error("an earlier chain takes the same connections (gRFC A36)");
        return true;
    }

    /// <summary>The ranges, each once and by its bits; one of everything where there are none.</summary>
    private List<string> Ranges(RepeatedField<CidrRange> messages, string field)
    {
        var ranges = new List<string>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            using (errors.At(field, i))
            {
                if (!IPAddress.TryParse(messages[i].AddressPrefix, out IPAddress? address))
                {
                    errors.Error("address_prefix", $"'{messages[i].AddressPrefix}' is no IP address");
                    continue;
                }

                uint most = address.AddressFamily == AddressFamily.InterNetwork ? 32u : 128u, length = messages[i].PrefixLen ?? 0;
                if (length > most)
                    errors.Error("prefix_len", $"{length} is more than {most}");
                else
                    ranges.Add(Masked(address, (int)length));
            }
        }

        return ranges.Count == 0 ? [""] : [.. ranges.Distinct(StringComparer.Ordinal)];
    }

    private static string Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"{new IPAddress(bytes)}/{length}";
    }

    private readonly record struct Key(string Destination, string Transport, SourceType SourceType, string Source, uint Port);
}
