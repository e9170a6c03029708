using System.Globalization;
using System.Text.Json;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire.Decode;

namespace Mesh.Conformance.Suites;

/// <summary>One ring or table: its shape, and whom hashes belong to.</summary>
internal static class ConsistentHashCase
{
    public static CaseResult Run(StrictJson each)
    {
        string name = $"{each.Text("policy")}/{each.Text("name")}";
        Endpoint[] hosts = [.. each.Objects("hosts").Select(Host)];
        StrictJson config = each.Object("config")!, expect = each.Object("expect")!;
        Dictionary<string, uint>? localities = LocalityWeights(each, config);
        var failures = new List<string>();
        HashedEndpoint[] hashed = HashedEndpoint.Of(hosts, config.Find("useHostnameForHashing")?.GetBoolean() ?? false, localities);
        if (expect.Find("error") is not null)
        {
            if (!IsRefused(config))
                failures.Add("expected to be refused");
            each.Find("note");
            each.Complete();
            return CaseResult.Of(name, failures);
        }

        bool noHost = expect.Find("noHost")?.GetBoolean() ?? false;
        if (noHost != (hashed.Length == 0))
            failures.Add($"expected {(noHost ? "no host" : "a host")}");
        else if (!noHost && each.Text("policy") == "ring_hash")
            failures.AddRange(Ring(hosts, hashed, config, expect));
        else if (!noHost)
            failures.AddRange(Maglev(hosts, hashed, config, expect));
        each.Find("note");
        if (!noHost)
        {
            config.Complete();
            expect.Complete();
        }

        each.Complete();
        return CaseResult.Of(name, failures);
    }

    private static List<string> Ring(Endpoint[] hosts, HashedEndpoint[] hashed, StrictJson config, StrictJson expect)
    {
        bool murmur = config.Text("hashFunction") == "MURMUR_HASH_2";
        ulong minimum = Number(config, "minimumRingSize") ?? 1024, maximum = Number(config, "maximumRingSize") ?? RingHashResource.LargestRing;
        HashRing ring = HashRing.Build(hashed, minimum, maximum, murmur);
        int[] counts = new int[hosts.Length];
        foreach (RingEntry entry in ring.Entries)
            counts[entry.Endpoint]++;
        var failures = new List<string>();
        Check(failures, "ringSize", expect.Find("ringSize")?.GetInt32(), ring.Entries.Length);
        Check(failures, "minHashesPerHost", expect.Find("minHashesPerHost")?.GetInt32(), hashed.Min(each => counts[each.Index]));
        Check(failures, "maxHashesPerHost", expect.Find("maxHashesPerHost")?.GetInt32(), hashed.Max(each => counts[each.Index]));
        int at = 0;
        foreach (StrictJson entry in expect.Objects("ring"))
        {
            RingEntry found = ring.Entries[at];
            Check(failures, $"ring[{at}].position", Number(entry, "position"), found.Hash);
            Check(failures, $"ring[{at++}].host", entry.Find("host")?.GetInt32(), found.Endpoint);
            entry.Complete();
        }

        CheckPicks(failures, expect, (hash, again) => ring.EndpointAt(ring.Find(hash), again), hosts.Length);
        return failures;
    }

    private static List<string> Maglev(Endpoint[] hosts, HashedEndpoint[] hashed, StrictJson config, StrictJson expect)
    {
        // A balance factor bounds the load of hosts while calls are under way, and changes nothing of the table.
        config.Find("hashBalanceFactor");
        MaglevTable table = MaglevTable.Build(hashed, (int)(Number(config, "tableSize") ?? 65_537));
        int[] counts = new int[hosts.Length];
        foreach (int host in table.Places)
            counts[host]++;
        var failures = new List<string>();
        Check(failures, "minEntriesPerHost", expect.Find("minEntriesPerHost")?.GetInt32(), hashed.Min(each => counts[each.Index]));
        Check(failures, "maxEntriesPerHost", expect.Find("maxEntriesPerHost")?.GetInt32(), hashed.Max(each => counts[each.Index]));
        if (expect.Object("entriesPerHost") is { } entries)
        {
            Check(failures, "entriesPerHost.host0", entries.Find("host0")?.GetInt32(), counts[0]);
            foreach (int count in counts[1..])
                Check(failures, "entriesPerHost.others", entries.Find("others")?.GetInt32(), count);
            entries.Complete();
        }

        if (expect.Find("table") is { } places)
            Check(failures, "table", string.Join(' ', places.EnumerateArray().Select(place => place.GetInt32())), string.Join(' ', table.Places.ToArray()));
        CheckPicks(failures, expect, table.Find, hosts.Length);
        return failures;
    }

    private static void CheckPicks(List<string> failures, StrictJson expect, Func<ulong, int, int> find, int hosts)
    {
        foreach (StrictJson pick in expect.Objects("picks"))
        {
            ulong hash = Number(pick, "hash")!.Value;
            int attempts = pick.Find("maxHostSelectionAttempts")?.GetInt32() ?? 0;
            bool all = pick.Find("rejectAll")?.GetBoolean() ?? false;
            int[] rejected = pick.Find("rejectHosts") is { } list ? [.. list.EnumerateArray().Select(host => host.GetInt32())] : [];
            int again = 0, found = find(hash, 0);
            while (again < attempts && (all || rejected.Contains(found)))
                found = find(hash, ++again);
            Check(failures, $"pick of {hash}", pick.Find("host")?.GetInt32(), found);
            pick.Complete();
        }

        if (expect.Object("histogram") is not { } histogram)
            return;
        int requests = histogram.Find("requests")!.Value.GetInt32();
        int[] counts = new int[hosts];
        for (int i = 0; i < requests; i++)
            counts[find((ulong)i * (ulong.MaxValue / (ulong)requests), 0)]++;
        Check(failures, "histogram", string.Join(' ', histogram.Find("counts")!.Value.EnumerateArray().Select(count => count.GetInt32())), string.Join(' ', counts));
        histogram.Complete();
    }

    private static bool IsRefused(StrictJson config)
    {
        var errors = new ErrorCollector();
        config.Find("useHostnameForHashing");
        config.Find("hashFunction");
        LocalityLbDecoder.BalanceFactor((uint?)Number(config, "hashBalanceFactor"), errors);
        LbPolicyDecoder.Ring(Number(config, "minimumRingSize"), Number(config, "maximumRingSize"), isUsed: true, errors);
        LbPolicyDecoder.TableSize(Number(config, "tableSize"), isUsed: true, errors);
        return errors.HasErrors;
    }

    private static Dictionary<string, uint>? LocalityWeights(StrictJson each, StrictJson config)
    {
        bool weighted = config.Find("localityWeighted")?.GetBoolean() ?? false;
        var weights = each.Find("localityWeights")?.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetUInt32(), StringComparer.Ordinal);
        return weighted ? weights ?? [] : null;
    }

    private static Endpoint Host(StrictJson host)
    {
        string address = host.Text("address")!;
        int colon = address.LastIndexOf(':');
        var resource = new EndpointResource(address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture))
        {
            Weight = host.Find("weight")?.GetUInt32() ?? 1,
            HostName = host.Text("hostname") ?? "",
            HashKey = host.Text("metadataHashKey") ?? "",
        };
        string locality = host.Text("locality") ?? "";
        host.Complete();
        return new Endpoint(resource, 0, locality, new EndpointState(address));
    }

    /// <summary>A number, which canonical JSON writes as text where it has 64 bits.</summary>
    private static ulong? Number(StrictJson json, string key) => json.Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => ulong.Parse(text.GetString()!, CultureInfo.InvariantCulture),
        { } number => number.GetUInt64(),
    };

    private static void Check<T>(List<string> failures, string what, T? wanted, T found)
    {
        if (wanted is not null && !EqualityComparer<T>.Default.Equals(wanted, found))
            failures.Add($"{what}: expected {wanted}, was {found}");
    }

    private static void Check(List<string> failures, string what, int? wanted, int found)
    {
        if (wanted is { } value && value != found)
            failures.Add($"{what}: expected {value}, was {found}");
    }

    private static void Check(List<string> failures, string what, ulong? wanted, ulong found)
    {
        if (wanted is { } value && value != found)
            failures.Add($"{what}: expected {value}, was {found}");
    }
}
