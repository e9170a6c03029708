using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary>The four header lists that a route configuration, virtual host, route and weighted cluster may each carry.</summary>
internal sealed record HeaderMutationsResource
{
    public static readonly HeaderMutationsResource None = new();

    public ValueList<HeaderToAddResource> RequestAdd { get; init; }

    /// <summary>Names in lower case.</summary>
    public ValueList<string> RequestRemove { get; init; }

    public ValueList<HeaderToAddResource> ResponseAdd { get; init; }

    /// <summary>Names in lower case.</summary>
    public ValueList<string> ResponseRemove { get; init; }

    public bool IsEmpty => RequestAdd.Count + RequestRemove.Count + ResponseAdd.Count + ResponseRemove.Count == 0;
}

/// <summary><c>envoy.config.core.v3.HeaderValueOption</c>.</summary>
internal sealed record HeaderToAddResource(string Name, string Value, HeaderAppendAction Action, bool KeepEmptyValue)
{
    /// <summary>Whether <see cref="Value"/> is a format with variables; a text as it is otherwise.</summary>
    public bool IsFormat { get; init; }
}

/// <summary><c>HeaderValueOption.HeaderAppendAction</c>.</summary>
internal enum HeaderAppendAction
{
    AppendIfExistsOrAdd,
    AddIfAbsent,
    OverwriteIfExistsOrAdd,
    OverwriteIfExists,
}
