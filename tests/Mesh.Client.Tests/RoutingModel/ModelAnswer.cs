namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Everything routing decides about a request; what does not apply is null.</summary>
internal sealed record ModelAnswer
{
    /// <summary>The virtual host's name.</summary>
    public string? Host { get; init; }

    /// <summary>The route's place in its virtual host.</summary>
    public int? Route { get; init; }

    /// <summary>The cluster's name; empty when nothing names one.</summary>
    public string? Cluster { get; init; }

    public string? VirtualCluster { get; init; }

    public string? Path { get; init; }

    public string? Authority { get; init; }

    /// <summary>Of an answer without a server.</summary>
    public int? Status { get; init; }

    public string? Location { get; init; }
}
