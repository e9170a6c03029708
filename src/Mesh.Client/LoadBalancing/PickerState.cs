using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// What the pickers of one cluster hand on from one to the next: rotations that go on, rings that are changed and not built anew, the endpoint
/// that was kept to. By the group of endpoints a picker is for. Used by one thread at a time.
/// </summary>
internal sealed class PickerState(Random random)
{
    private readonly Dictionary<EndpointGroup, Rotation> _rotations = [];
    private readonly Dictionary<EndpointGroup, Picker> _last = [];
    private ulong? _subsetSeed;

    /// <summary>Decides which endpoints a process keeps to (gRFC A68); it stays through updates.</summary>
    public ulong SubsetSeed => _subsetSeed ??= random.NextPoint();

    /// <summary>The rotation of a group; it starts anywhere, so that many young processes do not all begin with the same endpoint.</summary>
    public Rotation RotationOf(EndpointGroup group)
    {
        if (!_rotations.TryGetValue(group, out Rotation? rotation))
            _rotations[group] = rotation = new Rotation((uint)random.Next());
        return rotation;
    }

    /// <summary>The last picker of a group; null where there was none of this type.</summary>
    public TPicker? LastOf<TPicker>(EndpointGroup group)
        where TPicker : Picker => _last.GetValueOrDefault(group) as TPicker;

    /// <summary>Keeps a picker for the next one of its group.</summary>
    public TPicker Keep<TPicker>(EndpointGroup group, TPicker picker)
        where TPicker : Picker
    {
        _last[group] = picker;
        return picker;
    }
}

/// <summary>Endpoints that one picker is for.</summary>
/// <param name="Priority">Their priority.</param>
/// <param name="Availability">Healthy or degraded.</param>
/// <param name="Locality">Their locality; null for all, by locality or not.</param>
internal readonly record struct EndpointGroup(uint Priority, Availability Availability, string? Locality = null);
