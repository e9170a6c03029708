using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// <c>RetryPolicy.retry_host_predicate</c>: which endpoints a retry passes over. Where all are passed over, one is taken all the same.
/// </summary>
internal sealed class HostPredicates
{
    private readonly bool _previous;
    private readonly bool _canaries;
    private readonly Dictionary<string, JsonElement>[] _metadata;

    private HostPredicates(ValueList<HostPredicateResource> resources)
    {
        _previous = resources.Any(each => each.Kind == HostPredicateKind.PreviousHosts);
        _canaries = resources.Any(each => each.Kind == HostPredicateKind.OmitCanaryHosts);
        _metadata = [.. resources.Where(each => each.Kind == HostPredicateKind.OmitHostMetadata).Select(each => Read(each.Metadata))];
    }

    /// <summary>The predicates, ready to run; null for none.</summary>
    public static HostPredicates? Create(ValueList<HostPredicateResource> resources) => resources.Count == 0 ? null : new HostPredicates(resources);

    /// <summary>Whether a retry may go to an endpoint.</summary>
    /// <param name="metadata">The endpoint's <c>envoy.lb</c>, as a JSON object; empty for none.</param>
    /// <param name="wasTried">Whether the call has been on it.</param>
    public bool AcceptsEndpoint(string metadata, bool wasTried)
    {
        if (_previous && wasTried)
            return false;
        if (!_canaries && _metadata.Length == 0)
            return true;
        Dictionary<string, JsonElement> held = Read(metadata);
        if (_canaries && held.TryGetValue("canary", out JsonElement canary) && canary.ValueKind == JsonValueKind.True)
            return false;
        foreach (Dictionary<string, JsonElement> wanted in _metadata)
        {
            if (wanted.All(each => held.TryGetValue(each.Key, out JsonElement value) && Holds(value, each.Value)))
                return false;
        }

        return true;
    }

    /// <summary>A list holds what one of its items is, as in Envoy.</summary>
    private static bool Holds(JsonElement value, JsonElement wanted) =>
        JsonElement.DeepEquals(value, wanted) || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(item => JsonElement.DeepEquals(item, wanted)));

    private static Dictionary<string, JsonElement> Read(string? json)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (string.IsNullOrEmpty(json))
            return found;
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
            found[property.Name] = property.Value.Clone();
        return found;
    }
}
