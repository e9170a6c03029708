using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// The weights of localities within subsets: none, or with <c>locality_weight_aware</c> the cluster's own, of which with <c>scale_locality_weight</c> a locality has as
/// large a part as the subset has of its endpoints.
/// </summary>
internal sealed class SubsetLocalities(SubsetResource subsets, EndpointsResource assignment, Endpoint[] endpoints)
{
    /// <summary>The load assignment as a subset sees it.</summary>
    public EndpointsResource Of(Endpoint[] members)
    {
        if (!subsets.LocalityWeightAware)
            return assignment with { Localities = [] };
        if (!subsets.ScaleLocalityWeight || members.Length == endpoints.Length)
            return assignment;
        Dictionary<(uint, string), int> all = Count(endpoints), own = Count(members);
        return assignment with
        {
            Localities = assignment.Localities.Select(locality =>
            {
                (uint, string) place = (locality.Priority, locality.Locality);
                return all.TryGetValue(place, out int total) && locality.Weight is { } weight
                    ? locality with { Weight = (uint)Math.Round(weight * (double)own.GetValueOrDefault(place) / total, MidpointRounding.AwayFromZero) }
                    : locality;
            }).ToValueList(),
        };
    }

    private static Dictionary<(uint, string), int> Count(Endpoint[] endpoints) => endpoints.CountBy(endpoint => (endpoint.Priority, endpoint.Locality)).ToDictionary();
}
