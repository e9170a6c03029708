using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using Mesh.Calls;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>Where a request lands in one configuration: all that an explanation says of it but how long it may take and how often it is tried.</summary>
internal sealed class Landing
{
    private static readonly PropertyInfo[] More = Others<Explanation>();

    private Landing(MeshSnapshot snapshot, Explanation explanation)
    {
        Listener = explanation.Listener;
        VirtualHost = explanation.VirtualHost;
        Route = explanation.Route;
        Action = explanation.Action;
        Rewrites = explanation.Rewrites;
        Clusters = explanation.Weights.Where(weight => weight.Value > 0).ToDictionary(StringComparer.Ordinal);
        Endpoints =
        [
            .. Clusters.Keys.Select(snapshot.FindCluster).OfType<Cluster>()
                .SelectMany(cluster => cluster.Endpoints).Where(endpoint => endpoint.Availability != Availability.Unhealthy)
                .Select(endpoint => endpoint.State.Address).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        Resource = explanation.Taken?.Resource;
        Otherwise = explanation.Otherwise is { } otherwise ? new Landing(snapshot, otherwise) : null;
        Body = Resource?.DirectResponse is { } answer ? answer.Format?.Text ?? Encoding.UTF8.GetString(answer.Body.Span) : null;
        Rest = More.Select(property => KeyValuePair.Create(ValueText.Name(property.Name), ValueText.Of(property.GetValue(explanation))))
            .Where(text => text.Value is not (ValueText.Unset or "false" or "[]")).ToDictionary(StringComparer.Ordinal);
    }

    public string? Listener { get; }

    public string? VirtualHost { get; }

    public string? Route { get; }

    public string Action { get; }

    /// <summary>The clusters by weight that get calls.</summary>
    public IReadOnlyDictionary<string, long> Clusters { get; }

    public IReadOnlyDictionary<string, string> Rewrites { get; }

    /// <summary>The addresses that calls may go to, of all clusters.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    /// <summary>What a direct response says.</summary>
    public string? Body { get; }

    /// <summary>What else the explanation says.</summary>
    public IReadOnlyDictionary<string, string> Rest { get; }

    /// <summary>The route as it was configured; null when there is none.</summary>
    public RouteResource? Resource { get; }

    /// <summary>Where the requests land that chance does not give to the route.</summary>
    public Landing? Otherwise { get; }

    public static Landing Of(MeshSnapshot snapshot, HttpRequestMessage request) => new(snapshot, Explanation.Of(snapshot, request));

    /// <summary>Whether a request lands in the same place, which may have got another name.</summary>
    public bool IsSameAs(Landing after, SnapshotDifference difference) =>
        Listener == after.Listener && VirtualHost == after.VirtualHost && Action == after.Action && Body == after.Body
        && difference.IsSameRoute(Resource, after.Resource)
        && Same(Clusters, after.Clusters) && Same(Rewrites, after.Rewrites) && Same(Rest, after.Rest)
        && Endpoints.SequenceEqual(after.Endpoints, StringComparer.Ordinal)
        && (Otherwise is null || after.Otherwise is null ? Otherwise == after.Otherwise : Otherwise.IsSameAs(after.Otherwise, difference));

    private static bool Same<T>(IReadOnlyDictionary<string, T> one, IReadOnlyDictionary<string, T> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out T? value) && EqualityComparer<T>.Default.Equals(entry.Value, value));

    private static PropertyInfo[] Others<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>()
    {
        string[] told =
        [
            nameof(Explanation.Listener), nameof(Explanation.Host), nameof(Explanation.VirtualHost), nameof(Explanation.Route), nameof(Explanation.Tried),
            nameof(Explanation.Action), nameof(Explanation.Cluster), nameof(Explanation.Weights), nameof(Explanation.Rewrites), nameof(Explanation.RequestHeaders),
            nameof(Explanation.Timeout), nameof(Explanation.Retry), nameof(Explanation.Target), nameof(Explanation.ResponseHeaders), nameof(Explanation.Taken),
            nameof(Explanation.Otherwise), nameof(Explanation.Hash),
        ];
        return [.. typeof(T).GetProperties().Where(property => property.CanWrite && !told.Contains(property.Name, StringComparer.Ordinal))];
    }
}
