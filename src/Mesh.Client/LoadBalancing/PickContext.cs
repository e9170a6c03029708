namespace Mesh.LoadBalancing;

/// <summary>What a picker may know of the attempt it picks for.</summary>
/// <param name="Hash">The hash of the request by its route's policies; null where there is none.</param>
/// <param name="Tried">The endpoints of the attempts before; null for the first attempt.</param>
/// <param name="Accepts">Which endpoints a retry may go to while there is one (<c>retry_host_predicate</c>); null for any.</param>
/// <param name="LeavesPriorities">After how many attempts the priorities they were on are left (<c>retry_priority</c>); 0 is never.</param>
/// <param name="Criteria">What its route asks of endpoints (<c>metadata_match</c>); null for nothing.</param>
internal readonly record struct PickContext(
    ulong? Hash = null, TriedEndpoints? Tried = null, Predicate<Endpoint>? Accepts = null, uint LeavesPriorities = 0, MetadataCriteria? Criteria = null);

/// <summary>The endpoints that a call has tried.</summary>
internal sealed class TriedEndpoints
{
    private readonly List<Endpoint> _endpoints = [];

    /// <summary>The one tried last.</summary>
    public Endpoint? Last => _endpoints.Count == 0 ? null : _endpoints[^1];

    public IReadOnlyList<Endpoint> All => _endpoints;

    public void Add(Endpoint endpoint) => _endpoints.Add(endpoint);

    /// <summary>Whether an endpoint was tried; another snapshot may have made another object of it.</summary>
    public bool Contains(Endpoint endpoint)
    {
        foreach (Endpoint tried in _endpoints)
        {
            if (ReferenceEquals(tried.State, endpoint.State))
                return true;
        }

        return false;
    }
}
