using System.Diagnostics;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Cache;

/// <summary>How a resource stands, in the words of <c>ClientResourceStatus</c> (gRFC A40, A88).</summary>
internal enum ResourceStatus
{
    /// <summary>Asked for, and neither given nor refused so far.</summary>
    Requested,

    /// <summary>The control plane has none of this name.</summary>
    DoesNotExist,

    /// <summary>Given and accepted.</summary>
    Acked,

    /// <summary>Given and refused; what was accepted before it serves on.</summary>
    Nacked,

    /// <summary>The control plane says why it gives none (xRFC TP3).</summary>
    ReceivedError,

    /// <summary>The control plane was silent, and is one that would have said so (<c>resource_timer_is_transient_error</c>).</summary>
    Timeout,
}

/// <summary>One resource that is or was asked for: the last good content, and why there is no newer. Control loop only.</summary>
[DebuggerDisplay("{Type} {Name} {Status}")]
internal sealed class ResourceEntry(ResourceType type, string name, string authority)
{
    public ResourceType Type { get; } = type;

    public string Name { get; } = name;

    /// <summary>The authority of an xdstp name; empty for the default one.</summary>
    public string Authority { get; } = authority;

    public ResourceStatus Status { get; set; }

    /// <summary>The content in use, as a record; null when there is none.</summary>
    public object? Record { get; private set; }

    /// <summary>The bytes <see cref="Record"/> was read from.</summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>The version of <see cref="Record"/>.</summary>
    public string Version { get; private set; } = "";

    public DateTimeOffset? UpdatedAt { get; private set; }

    /// <summary>The server that gave or confirmed it: what a version means only that one knows.</summary>
    public string Server { get; private set; } = "";

    /// <summary>What of the content has no effect.</summary>
    public IReadOnlyList<ResourceError> Warnings { get; private set; } = [];

    /// <summary>Why there is no content, or no newer one; null when all is well.</summary>
    public string? Error { get; set; }

    /// <summary>The bytes refused last, so that they are known when they come again.</summary>
    public ReadOnlyMemory<byte> RejectedRaw { get; private set; }

    /// <summary>Why they were refused; <see cref="Error"/> may have something newer to say.</summary>
    public string? RejectedError { get; private set; }

    /// <summary>The version refused last; null for none since the last good one.</summary>
    public string? RejectedVersion { get; private set; }

    public DateTimeOffset? RejectedAt { get; private set; }

    /// <summary>Whether the content comes from disk and no control plane has confirmed it.</summary>
    public bool IsStale { get; private set; }

    /// <summary>When silence means that there is none, as a timestamp; null when nobody waits.</summary>
    public long? SilentAt { get; set; }

    /// <summary>When the content ceases to be good, as a timestamp; null for never.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>Whether its bytes hold what nobody else may see: a key where it is read, or PEM of one anywhere.</summary>
    public bool HoldsSecret => Record is SecretResource or ClusterResource { Tls.Certificate.PrivateKey.Inline: not null } or ClusterResource { Tls.Certificate.Password.Inline: not null }
        || Raw.Span.IndexOf("PRIVATE KEY-----"u8) >= 0;

    /// <summary>Takes over good content.</summary>
    public void Accept(object record, ReadOnlyMemory<byte> raw, string version, string server, DateTimeOffset now, IReadOnlyList<ResourceError> warnings)
    {
        Record = record;
        Raw = raw;
        Warnings = warnings;
        UpdatedAt = now;
        Confirm(version, server);
    }

    /// <summary>The content in use was given again.</summary>
    public void Confirm(string version, string server)
    {
        Version = version;
        Server = server;
        Status = ResourceStatus.Acked;
        IsStale = false;
        SilentAt = null;
        ClearErrors();
    }

    /// <summary>Takes over what served before the process started.</summary>
    public void Restore(object record, ReadOnlyMemory<byte> raw, string version, DateTimeOffset savedAt, IReadOnlyList<ResourceError> warnings)
    {
        Record = record;
        Raw = raw;
        Version = version;
        UpdatedAt = savedAt;
        Warnings = warnings;
        IsStale = true;
        SilentAt = null;
    }

    /// <summary>Keeps what is in use, and remembers what was refused and why.</summary>
    public void Reject(ReadOnlyMemory<byte> raw, string version, DateTimeOffset now, string error)
    {
        Status = ResourceStatus.Nacked;
        RejectedRaw = raw;
        RejectedVersion = version;
        RejectedAt = now;
        RejectedError = error;
        Error = error;
        SilentAt = null;
    }

    /// <summary>Forgets the content.</summary>
    public void Drop()
    {
        Record = null;
        Raw = default;
        Version = "";
        Warnings = [];
        ExpiresAt = null;
        IsStale = false;
    }

    private void ClearErrors()
    {
        Error = null;
        RejectedRaw = default;
        RejectedVersion = null;
        RejectedError = null;
        RejectedAt = null;
    }
}
