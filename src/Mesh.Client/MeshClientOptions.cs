namespace Mesh;

/// <summary>How one named client of the factory was marked.</summary>
internal sealed class MeshClientOptions
{
    /// <summary>The mesh it was marked for; null when it was not marked.</summary>
    public string? Mesh { get; set; }

    /// <summary>Whether the mesh stays out of it.</summary>
    public bool Bypass { get; set; }
}
