namespace Mesh.Endpoints;

/// <summary>What the active health checks of an endpoint say of it.</summary>
[Flags]
internal enum ActiveHealth
{
    /// <summary>It passes them, or is not checked.</summary>
    Healthy = 0,

    /// <summary>It passes them, and asks to be used only where others are missing.</summary>
    Degraded = 1,

    /// <summary>It does not pass one of them, or has not been checked by one.</summary>
    Failed = 2,

    /// <summary>One of them has no result yet.</summary>
    Unchecked = 4,

    /// <summary>It does not even count as one of its priority that is unhealthy.</summary>
    Excluded = 8,
}
