using Mesh.Calls;
using Mesh.LoadBalancing;

namespace Mesh.Tool;

/// <summary>An explanation for people, in the order the decisions are made.</summary>
internal static class ExplanationText
{
    public static void Write(TextWriter writer, Explanation explanation, IReadOnlyList<string> ignored)
    {
        Write(writer, explanation);
        foreach (string field in ignored)
            writer.WriteLine($"ignored       {field}");
    }

    private static void Write(TextWriter writer, Explanation explanation)
    {
        writer.WriteLine($"listener      {explanation.Listener ?? "none"}");
        writer.WriteLine($"virtual host  {(explanation.VirtualHost is null ? "none" : $"{explanation.VirtualHost} (domain {explanation.Host})")}");
        foreach (TriedRoute tried in explanation.Tried)
            writer.WriteLine(tried.Route == Explanation.TreeStep ? $"  matcher     {tried.Reason}" : $"  not         {tried.Route}: {tried.Reason}");
        writer.WriteLine($"route         {explanation.Route ?? "none"}");
        writer.WriteLine($"action        {explanation.Action}");
        if (explanation.Weights.Count > 1)
            writer.WriteLine($"weights       {string.Join(", ", explanation.Weights.Select(w => $"{w.Key} {w.Value}"))}");
        else if (explanation.Cluster is not null)
            writer.WriteLine($"cluster       {explanation.Cluster}");
        foreach (var (what, value) in explanation.Rewrites)
            writer.WriteLine($"rewrite       {what} to {value}");
        foreach (string header in explanation.RequestHeaders)
            writer.WriteLine($"header        {header}");
        if (explanation.Timeout is { } timeout)
            writer.WriteLine($"timeout       {(timeout.Value is { } value ? $"{value.TotalMilliseconds:0} ms" : "none")} ({timeout.Source})");
        if (explanation.Retry is { } retry)
            writer.WriteLine($"retry         up to {retry.NumRetries} on {string.Join(", ", retry.Names)}");
        if (explanation.Subset is { } subset)
            writer.WriteLine($"subset        {subset}");
        foreach (Endpoint endpoint in explanation.Target?.Endpoints ?? [])
            writer.WriteLine($"endpoint      {endpoint.State.Address} {endpoint.Resource.Health.ToString().ToLowerInvariant()}{(endpoint.Priority == 0 ? "" : $" priority {endpoint.Priority}")}");
        foreach (string header in explanation.ResponseHeaders)
            writer.WriteLine($"response      {header}");
        if (explanation.VirtualCluster is { } virtualCluster)
            writer.WriteLine($"named         virtual cluster {virtualCluster}");
        if (explanation.Hash is { } hash)
            writer.WriteLine($"hash          {hash}");
        if (explanation.Leaves.Count > 0)
            writer.WriteLine($"aggregate     {string.Join(", ", explanation.Leaves)}");
        foreach (string filter in explanation.Filters)
            writer.WriteLine($"filter        {filter}");
        foreach (string line in explanation.Taken is { } route ? RouteValues.Of(route) : [])
            writer.WriteLine($"value         {line}");
        if (explanation is not { Chance: { } chance, Otherwise: { } otherwise })
            return;
        writer.WriteLine($"chance        {chance} of the requests; the others:");
        Write(writer, otherwise);
    }
}
