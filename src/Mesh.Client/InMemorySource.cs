namespace Mesh;

/// <summary>
/// Configuration given by code, for tests and for programs that make it themselves. It may be updated at any time, before and after
/// the mesh has started.
/// </summary>
public sealed class InMemorySource
{
    private readonly Lock _gate = new();
    private Func<string, IReadOnlyList<string>>? _apply;

    /// <summary>Creates a source without content: the mesh starts with no resources.</summary>
    public InMemorySource()
        : this("resources: []")
    {
    }

    /// <summary>Creates a source.</summary>
    /// <param name="yaml">The first content, in any of the shapes a configuration file may have; YAML, of which JSON is a part.</param>
    public InMemorySource(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        Text = yaml;
    }

    /// <summary>The content in use.</summary>
    internal string Text { get; private set; }

    /// <summary>
    /// Replaces the whole content. When it returns, calls that start see the new content. Before the mesh has started the text is only
    /// kept, and checked at the start.
    /// </summary>
    /// <param name="yaml">The content, in any of the shapes a configuration file may have.</param>
    /// <exception cref="MeshConfigurationException">The content was refused, with all errors; the last good one serves on.</exception>
    public void Update(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        lock (_gate)
        {
            IReadOnlyList<string> errors = _apply?.Invoke(yaml) ?? [];
            if (errors.Count > 0)
                throw new MeshConfigurationException("The update was refused; the last good configuration serves on.", errors);
            Text = yaml;
        }
    }

    /// <summary>Connects the source to a running mesh; it belongs to one.</summary>
    internal void Attach(Func<string, IReadOnlyList<string>> apply)
    {
        lock (_gate)
        {
            if (_apply is not null)
                throw new MeshConfigurationException("An InMemorySource belongs to one mesh; this one is in use by another.");
            _apply = apply;
        }
    }

    internal void Detach()
    {
        lock (_gate)
            _apply = null;
    }
}
