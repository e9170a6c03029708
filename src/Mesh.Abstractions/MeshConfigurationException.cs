namespace Mesh;

/// <summary>A configuration was refused. <see cref="Errors"/> holds every error found, not only the first.</summary>
public sealed class MeshConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was refused.</param>
    /// <param name="errors">Every error, each with its place, path, value and what is allowed.</param>
    public MeshConfigurationException(string message, IReadOnlyList<string> errors)
        : base(Format(message, errors)) => Errors = errors;

    /// <summary>Creates the exception with one error.</summary>
    /// <param name="message">The error.</param>
    public MeshConfigurationException(string message)
        : base(message) => Errors = [message];

    /// <summary>Creates the exception with one error and its cause.</summary>
    /// <param name="message">The error.</param>
    /// <param name="inner">Its cause.</param>
    public MeshConfigurationException(string message, Exception? inner)
        : base(message, inner) => Errors = [message];

    /// <summary>Creates an exception without a reason; prefer the other constructors.</summary>
    public MeshConfigurationException()
        : this("The mesh configuration was refused.")
    {
    }

    /// <summary>Every error found, each with its place, path, value and what is allowed.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string Format(string message, IReadOnlyList<string> errors) =>
        errors.Count == 0 ? message : message + Environment.NewLine + string.Join(Environment.NewLine, errors.Select(e => "  " + e));
}
