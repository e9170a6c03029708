using System.Collections.Concurrent;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// The endpoints of a cluster by what their metadata holds. For each set of keys that is asked for they are read once, however many values there
/// are; health has no part in it.
/// </summary>
/// <param name="endpoints">The endpoints.</param>
/// <param name="listAsAny">Whether a list stands for each of its items.</param>
internal sealed class SubsetIndex(Endpoint[] endpoints, bool listAsAny)
{
    private const string HashKey = "hash_key";

    /// <summary>The most subsets of the same keys that one endpoint can be in, with lists: lists under several keys multiply.</summary>
    private const int MostOfOne = 10_000;

    private readonly ConcurrentDictionary<string, Dictionary<string, Endpoint[]>> _byKeys = new(StringComparer.Ordinal);

    public Endpoint[] Endpoints => endpoints;

    public bool ListAsAny => listAsAny;

    /// <summary>The endpoints whose metadata holds what is asked for, in order; all where nothing is asked.</summary>
    public Endpoint[] Find(MetadataCriteria criteria) =>
        _byKeys.GetOrAdd(criteria.KeysText, static (_, asked) => asked.Index.Read(asked.Keys), (Index: this, criteria.Keys)).GetValueOrDefault(criteria.ValuesText, []);

    private Dictionary<string, Endpoint[]> Read(string[] keys)
    {
        if (keys.Length == 0)
            return new Dictionary<string, Endpoint[]>(StringComparer.Ordinal) { [""] = endpoints };
        var members = new Dictionary<string, List<Endpoint>>(StringComparer.Ordinal);

        // Endpoints of one kind hold the same.
        var read = new Dictionary<(string, string), string[]>();
        foreach (Endpoint endpoint in endpoints)
        {
            EndpointResource resource = endpoint.Resource;
            if (!read.TryGetValue((resource.Metadata, resource.HashKey), out string[]? held))
                read[(resource.Metadata, resource.HashKey)] = held = ValuesOf(resource, keys);
            foreach (string values in held)
            {
                if (!members.TryGetValue(values, out List<Endpoint>? same))
                    members[values] = same = [];
                same.Add(endpoint);
            }
        }

        return members.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>What an endpoint holds under the keys, as <see cref="MetadataCriteria.ValuesText"/> writes it; nothing where it lacks one.</summary>
    private string[] ValuesOf(EndpointResource resource, string[] keys)
    {
        SortedDictionary<string, string> held = MetadataText.Read(resource.Metadata);
        if (resource.HashKey.Length > 0)
            held[HashKey] = MetadataText.OfText(resource.HashKey);
        string[] texts = [""];
        foreach (string key in keys)
        {
            if (!held.TryGetValue(key, out string? value))
                return [];
            string[] choices = listAsAny && MetadataText.Items(value) is { } items ? items : [value];
            texts = [.. texts.SelectMany(text => choices.Select(choice => text + choice + "\n")).Distinct(StringComparer.Ordinal).Take(MostOfOne)];
        }

        return texts;
    }
}
