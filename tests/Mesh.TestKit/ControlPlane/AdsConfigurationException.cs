namespace Mesh.TestKit.ControlPlane;

/// <summary>A text handed to an <see cref="AdsServer"/> is wrong. Nothing of it is served; what was served before still is.</summary>
public sealed class AdsConfigurationException : Exception
{
    /// <summary>Makes one without errors.</summary>
    public AdsConfigurationException()
    {
    }

    /// <summary>Makes one of one error.</summary>
    public AdsConfigurationException(string message)
        : base(message) => Errors = [message];

    /// <summary>Makes one of one error, with its cause.</summary>
    public AdsConfigurationException(string message, Exception innerException)
        : base(message, innerException) => Errors = [message];

    internal AdsConfigurationException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>Every error found, as <c>line:column: Cluster 'shop': lb_policy: ...</c>.</summary>
    public IReadOnlyList<string> Errors { get; } = [];
}
