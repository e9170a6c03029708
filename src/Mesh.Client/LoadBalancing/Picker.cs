namespace Mesh.LoadBalancing;

/// <summary>Chooses the endpoint of an attempt. Immutable: an update makes a new one, and what must live on lives in the states.</summary>
internal abstract class Picker
{
    public abstract PickResult Pick(in PickContext context);

    /// <summary>Which subset calls go to that ask for something, and why, for people; null where there are no subsets.</summary>
    public virtual string? SubsetOf(MetadataCriteria? criteria) => null;
}
