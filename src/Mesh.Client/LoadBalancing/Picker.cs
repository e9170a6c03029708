namespace Mesh.LoadBalancing;

/// <summary>Chooses the endpoint of an attempt. Immutable: an update makes a new one, and what must live on lives in the states.</summary>
internal abstract class Picker
{
    /// <param name="previous">The endpoint of the attempt before; null for the first attempt.</param>
    public abstract PickResult Pick(Endpoint? previous);
}
