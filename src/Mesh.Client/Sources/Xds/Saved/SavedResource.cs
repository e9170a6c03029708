using Mesh.Resources;

namespace Mesh.Sources.Xds.Saved;

/// <summary>A resource as it was accepted last.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="UpdatedAt">When it was accepted.</param>
/// <param name="Raw">Its bytes as received.</param>
internal sealed record SavedResource(ResourceType Type, string Name, string Version, DateTimeOffset UpdatedAt, ReadOnlyMemory<byte> Raw);
