using Mesh.Policies.Faults;

namespace Mesh.Calls;

/// <summary>What injected faults have done to a call. Kept with the call and used again.</summary>
internal struct CallFaults
{
    private FaultCounter? _counted;

    /// <summary>Whether the call was held back.</summary>
    public bool Delayed { get; set; }

    /// <summary>How fast the body of the answer comes, in bytes a second; null for as fast as it can.</summary>
    public double? BytesPerSecond { get; set; }

    /// <summary>Counts the call as one under a fault, once, unless there are as many as there may be.</summary>
    public bool TryCount(FaultCounter counter, uint? most)
    {
        if (_counted is not null)
            return true;
        if (!counter.TryStart(most))
            return false;
        _counted = counter;
        return true;
    }

    /// <summary>Gives back what it holds, and is as new.</summary>
    public void Reset()
    {
        _counted?.End();
        _counted = null;
        Delayed = false;
        BytesPerSecond = null;
    }
}
