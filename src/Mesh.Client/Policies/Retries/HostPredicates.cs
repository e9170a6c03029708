using System.Text.Json;
using Mesh.Endpoints;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// <c>RetryPolicy.retry_host_predicate</c>: which endpoints a retry passes over. Where every pick is passed over, the last one is
/// taken all the same (<c>host_selection_retry_max_attempts</c>), which is for the picker to count.
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
    /// <param name="endpoint">The endpoint that was picked.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="previous">Those that the call has been on.</param>
    public bool AcceptsEndpoint(EndpointState endpoint, MetadataResource metadata, ReadOnlySpan<EndpointState> previous)
    {
        if (_previous && previous.Contains(endpoint))
            return false;
        if (!_canaries && _metadata.Length == 0)
            return true;
        string? own = null;
        foreach (var (space, value) in metadata.Namespaces)
            own = space == "envoy.lb" ? value : own;
        Dictionary<string, JsonElement> held = Read(own);
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
