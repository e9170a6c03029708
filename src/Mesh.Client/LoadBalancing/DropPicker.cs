using Mesh.Endpoints;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>Drops a share of the calls before any endpoint is chosen (<c>policy.drop_overloads</c>): each category is drawn for in turn, and the first that hits drops.</summary>
internal sealed class DropPicker(Picker inner, ClusterState cluster, DropOverloadResource[] drops, Random random) : Picker
{
    private const int Million = 1_000_000;

    public override PickResult Pick(in PickContext context)
    {
        // Asked once a call: a retry was let through already.
        if (context.Tried is null)
        {
            foreach (DropOverloadResource drop in drops)
            {
                if (random.Next(Million) < drop.PerMillion)
                {
                    cluster.OnDropped(drop.Category);
                    return new PickResult(PickKind.Drop, null, $"cluster '{cluster.Name}' drops {drop.PerMillion / 10_000.0:0.####} % of its calls for '{drop.Category}' (drop_overloads)");
                }
            }
        }

        return inner.Pick(context);
    }

    public override string? SubsetOf(MetadataCriteria? criteria) => inner.SubsetOf(criteria);
}
