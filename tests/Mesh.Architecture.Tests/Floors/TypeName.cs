namespace Mesh.Architecture.Tests.Floors;

/// <summary>A type by its name in metadata. A nested type, also one the compiler made, goes by the name of the type it stands in.</summary>
internal readonly record struct TypeName(string Assembly, string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}
