using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>A filter of the user's own, ready to run.</summary>
/// <param name="resource">What it is made of.</param>
internal sealed class CustomFilter(CustomFilterResource resource)
{
    public IHttpFilter Filter { get; } = resource.Type.Create(resource.Configuration);

    public override string ToString() => $"{resource.TypeName} {resource.Configuration}";
}
