namespace Mesh;

/// <summary>
/// A call the mesh answered itself. Raised instead of a local reply when <c>MeshOptions.ThrowOnLocalReply</c> is set.
/// </summary>
public sealed class MeshException : HttpRequestException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Cluster, reason, and what to look at.</param>
    public MeshException(string message)
        : this(message, null)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Cluster, reason, and what to look at.</param>
    /// <param name="inner">The transport error behind it, if any.</param>
    public MeshException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates an exception without a reason; prefer the other constructors.</summary>
    public MeshException()
        : this("The mesh answered the call itself.", null)
    {
    }

    /// <summary>Creates the exception of one local reply.</summary>
    /// <param name="flag">One of <see cref="ResponseFlags"/>.</param>
    /// <param name="reason">The text a local reply would carry in <c>x-mesh-reason</c>.</param>
    /// <param name="statusCode">The status a local reply would have had.</param>
    /// <param name="inner">The transport error behind it, if any.</param>
    public MeshException(string flag, string reason, System.Net.HttpStatusCode statusCode, Exception? inner)
        : base(reason, inner, statusCode) => Flag = flag;

    /// <summary>One of <see cref="ResponseFlags"/>; empty when unknown.</summary>
    public string Flag { get; } = "";
}
