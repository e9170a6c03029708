using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>A locality by its weight, then an endpoint of it (<c>wrr_locality</c>, <c>locality_weighted_lb_config</c>).</summary>
internal sealed class LocalityPicker : Picker
{
    /// <summary>What the largest weight is scaled to, so that none of the others is rounded away.</summary>
    private const double Largest = 1 << 30;

    private readonly Picker[] _localities;
    private readonly WeightedTurns _turns;
    private readonly Rotation _rotation;

    /// <param name="localities">The localities, each with a weight of more than 0; at least one.</param>
    /// <param name="rotation">Goes on through updates.</param>
    public LocalityPicker((Picker Picker, double Weight)[] localities, Rotation rotation)
    {
        double scale = Largest / localities.Max(locality => locality.Weight);
        _localities = [.. localities.Select(locality => locality.Picker)];
        _turns = new WeightedTurns([.. localities.Select(locality => (uint)Math.Max(1, locality.Weight * scale))]);
        _rotation = rotation;
    }

    public override PickResult Pick(in PickContext context) => _localities[_turns.Next(_rotation)].Pick(context);
}
