using Mesh.Resources;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Names;
using Mesh.Wire.Decode;
using Mesh.Wire.Discovery;

namespace Mesh.Sources.Xds;

/// <summary>What a server may have meant for us.</summary>
/// <param name="Server">Its name, for messages.</param>
/// <param name="Delta">Whether it speaks delta.</param>
/// <param name="Wildcard">Whether it was asked for everything of the type, so that it says what there is.</param>
/// <param name="FailOnDataErrors">Drop what is cached when its data is bad (gRFC A88).</param>
/// <param name="Trusted">Whether it may say what gRPC takes from no other (gRFC A81).</param>
/// <param name="Serves">Whether an entry is asked of it.</param>
internal readonly record struct ReplyOrigin(string Server, bool Delta, bool Wildcard, bool FailOnDataErrors, bool Trusted, Func<ResourceEntry, bool> Serves);

/// <summary>
/// Works one response into the cache: what is good is taken though its neighbour is bad (gRFC A46), what repeats known bytes costs a
/// comparison, what nobody asked for is passed over. Control loop only.
/// </summary>
internal sealed class ReplyIntake(ResourceCache cache, DecoderSettings decoder, TimeProvider time)
{
    /// <summary>A hostile response may hold more bad resources than any server reads of.</summary>
    private const int MaxErrors = 500;

    private readonly DecoderSettings _untrusted = decoder with { Untrusted = true };
    private readonly List<string> _errors = [];
    private readonly List<ResourceEntry> _changed = [];

    /// <summary>The entries whose content changed, came or went by the last reply.</summary>
    public IReadOnlyList<ResourceEntry> Changed => _changed;

    /// <summary>Whether the last reply held anything that was asked for.</summary>
    public bool HadResource { get; private set; }

    /// <summary>Works a reply in; the result is why it is to be refused, with every error in it; null accepts it.</summary>
    public string? Take(ResourceType type, DiscoveryReply reply, in ReplyOrigin origin)
    {
        _errors.Clear();
        _changed.Clear();
        HadResource = false;
        var seen = new HashSet<string>(reply.Resources.Count, StringComparer.Ordinal);
        for (int i = 0; i < reply.Resources.Count; i++)
            Take(type, reply, reply.Resources[i], i, seen, origin);
        foreach (string name in reply.Removed)
            Remove(type, name, origin, "removed");

        // Heartbeats alone do not say what else there is.
        bool isHeartbeat = reply.Resources.Count > 0 && reply.Resources.All(static resource => resource.IsHeartbeat);
        if (!origin.Delta && type.IsWholeSet && !isHeartbeat)
            RemoveMissing(type, seen, origin);
        foreach (ReceivedError error in reply.Errors)
            Take(type, error, origin);
        return _errors.Count == 0 ? null
            : _errors.Count <= MaxErrors ? string.Join("; ", _errors)
            : $"{string.Join("; ", _errors.Take(MaxErrors))}; and {_errors.Count - MaxErrors} more";
    }

    /// <summary>Ends what has outlived its time.</summary>
    public void Expire(ResourceEntry entry)
    {
        _changed.Clear();
        entry.Drop();
        entry.Status = ResourceStatus.DoesNotExist;
        entry.Error = "its time to live has passed without a heartbeat";
        _changed.Add(entry);
    }

    private void Take(ResourceType type, DiscoveryReply reply, in ReceivedResource resource, int index, HashSet<string> seen, in ReplyOrigin origin)
    {
        if (!resource.IsHeartbeat && AnyDecoder.TypeName(resource.TypeUrl) != type.FullName)
        {
            _errors.Add($"resources[{index}]: is a '{resource.TypeUrl}', but the response is of {type.TypeUrl}");
            return;
        }

        string name = resource.Name.Length > 0 ? resource.Name : ResourceDecoder.PeekName(resource.Body.Span);
        if (name.Length == 0)
        {
            _errors.Add($"resources[{index}]: {ResourceReading.Of(type, resource.Body.Span, decoder).Errors ?? "has no name"}");
            return;
        }

        name = XdstpName.CanonicalOf(name);
        if (!seen.Add(name))
        {
            _errors.Add($"resources[{index}]: {type} '{name}' stands in the response already; names must be unique");
            return;
        }

        ResourceEntry? entry = cache.FindAsked(type, name);
        if (entry is null && origin.Wildcard)
        {
            // Kept only once it is good: a wildcard asks for whatever there is, not for a name.
            entry = new ResourceEntry(type, name, "");
        }
        else if (entry is null || !origin.Serves(entry))
        {
            return;
        }

        HadResource = true;
        string version = resource.Version.Length > 0 ? resource.Version : reply.Version;
        if (!resource.IsHeartbeat)
            Take(entry, resource, version, origin);
        else if (entry.Record is not null)
            Prolong(entry, resource.Ttl);
    }

    private void Take(ResourceEntry entry, in ReceivedResource resource, string version, in ReplyOrigin origin)
    {
        if (entry.Record is not null && entry.Raw.Span.SequenceEqual(resource.Body.Span))
        {
            entry.Confirm(version, origin.Server);
            Prolong(entry, resource.Ttl);
            return;
        }

        if (entry.RejectedError is { } known && entry.RejectedRaw.Span.SequenceEqual(resource.Body.Span))
        {
            _errors.Add(known);
            Refuse(entry, resource.Body, version, known, origin);
            return;
        }

        ResourceReading reading = ResourceReading.Of(entry.Type, resource.Body.Span, origin.Trusted ? decoder : _untrusted);
        string? error = reading.Errors ?? (reading.Name == entry.Name ? null
            : $"{entry.Type} '{entry.Name}': its wrapper has this name, it itself has '{reading.Name}'");
        if (reading.Record is null || error is not null)
        {
            error ??= "cannot be read";
            _errors.Add(error);
            Refuse(entry, resource.Body, version, error, origin);
            return;
        }

        if (origin.Wildcard && cache.Find(entry.Type, entry.Name) is null)
            cache.Add(entry);
        entry.Accept(reading.Record, resource.Body, version, origin.Server, time.GetUtcNow(), reading.Warnings);
        Prolong(entry, resource.Ttl);
        _changed.Add(entry);
    }

    private void Refuse(ResourceEntry entry, ReadOnlyMemory<byte> raw, string version, string error, in ReplyOrigin origin)
    {
        bool hadRecord = entry.Record is not null;
        string? before = entry.Error;
        if (origin.FailOnDataErrors)
            entry.Drop();
        if (origin.Wildcard && cache.Find(entry.Type, entry.Name) is null)
            cache.Add(entry);
        entry.Reject(raw, version, time.GetUtcNow(), error);
        if (entry.Record is null && (hadRecord || before != error))
            _changed.Add(entry);
    }

    private void RemoveMissing(ResourceType type, HashSet<string> seen, in ReplyOrigin origin)
    {
        foreach (ResourceEntry entry in cache.Asked(type).ToList())
        {
            // What was asked for and has not come yet may still come: its timer decides.
            if (!seen.Contains(entry.Name) && entry.Record is not null && origin.Serves(entry))
                Remove(type, entry.Name, origin, "not in the response any more");
            else if (origin.Wildcard && !seen.Contains(entry.Name) && entry.Record is null && origin.Serves(entry))
                Forget(entry);
        }
    }

    private void Remove(ResourceType type, string name, in ReplyOrigin origin, string how)
    {
        if (cache.FindAsked(type, XdstpName.CanonicalOf(name)) is not { } entry || !origin.Serves(entry))
            return;
        if (origin.Wildcard)
        {
            Forget(entry);
            return;
        }

        entry.SilentAt = null;
        string error = $"control plane {origin.Server} has no {type} '{entry.Name}' ({how})";
        if (entry.Record is not null && !origin.FailOnDataErrors)
        {
            // gRFC A88: what is cached serves on, and the operator is told, but not by each response.
            Say(entry, error + "; the last one serves on (server feature fail_on_data_errors would drop it)");
            return;
        }

        entry.Error = error;
        entry.Drop();
        entry.Status = ResourceStatus.DoesNotExist;
        _changed.Add(entry);
    }

    private void Forget(ResourceEntry entry)
    {
        cache.Remove(entry);
        entry.Drop();
        entry.Status = ResourceStatus.DoesNotExist;
        _changed.Add(entry);
    }

    /// <summary>The server says why it gives no resource: NOT_FOUND and PERMISSION_DENIED are about the data, all else will pass (gRFC A88).</summary>
    private void Take(ResourceType type, ReceivedError error, in ReplyOrigin origin)
    {
        const int NotFound = 5, PermissionDenied = 7;
        if (cache.FindAsked(type, XdstpName.CanonicalOf(error.Name)) is not { } entry || !origin.Serves(entry))
            return;
        HadResource = true;
        bool data = error.Code is NotFound or PermissionDenied;
        if (data && origin.FailOnDataErrors && entry.Record is not null)
        {
            entry.Drop();
            entry.Error = null;
        }

        entry.Status = error.Code == NotFound && entry.Record is null ? ResourceStatus.DoesNotExist : ResourceStatus.ReceivedError;
        entry.SilentAt = null;
        Say(entry, $"control plane {origin.Server} gives no {type} '{entry.Name}': {error.Message} (code {error.Code})");
    }

    /// <summary>Sets an error; it is news when it is another one.</summary>
    private void Say(ResourceEntry entry, string error)
    {
        if (entry.Error == error)
            return;
        entry.Error = error;
        _changed.Add(entry);
    }

    private void Prolong(ResourceEntry entry, TimeSpan? ttl) =>
        entry.ExpiresAt = ttl is { } limit ? time.GetTimestamp() + (long)(Math.Min(limit.TotalSeconds, int.MaxValue) * time.TimestampFrequency) : null;
}
