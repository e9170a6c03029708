using Mesh.TestKit.ControlPlane.Streams;

namespace Mesh.TestKit.ControlPlane;

/// <content>Waiting for what clients do. Each wait is 10 s long unless told, and its exception says how things stand.</content>
public sealed partial class AdsServer
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Waits until the clients have accepted a type's resources. Without a version: until every connected client that asks for the type
    /// has ACKed all there is for it now, at least one. With a version: until some client has ACKed it or a later one.
    /// </summary>
    /// <exception cref="TimeoutException">It did not happen in time; the text has the last NACK, if there was one.</exception>
    public Task WaitForAckAsync(string typeName, string? version = null, TimeSpan? timeout = null)
    {
        string type = XdsTypes.NameOf(typeName);
        if (version is not null)
            return WaitForAsync(s => s.HasAcked(version) ? s : null, type, timeout, $"an ACK of version {version}");
        return _state.Progress.WaitAsync(
            () =>
            {
                Subscription[] all = [.. SubscriptionsOf(type, _state.OpenStreams)];
                return all.Length > 0 && all.All(s => s.IsCurrent) ? all : null;
            },
            timeout ?? DefaultTimeout,
            () => Describe(type, "an ACK"));
    }

    /// <summary>Waits until a client has refused a type's resources as they are now, and returns the error text of the NACK.</summary>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public Task<string> WaitForNackAsync(string typeName, TimeSpan? timeout = null)
    {
        string type = XdsTypes.NameOf(typeName);
        long revision;
        lock (_state.Lock)
            revision = Math.Max(_state.TableOf(type).Revision, _state.TableOf(type).CraftedRevision);
        return WaitForAsync(s => s.LastNack is { } nack && nack.Revision >= revision ? nack.Error : null, type, timeout, "a NACK");
    }

    /// <summary>Waits until a connected client asks for a resource; the name <c>*</c> stands for a wildcard.</summary>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public Task WaitForSubscriptionAsync(string typeName, string name, TimeSpan? timeout = null) => _state.Progress.WaitAsync(
        () => SubscriptionsOf(XdsTypes.NameOf(typeName), _state.OpenStreams)
            .FirstOrDefault(s => s.Names.Contains(name) || (s.IsWildcard && name == ControlPlaneState.Wildcard)),
        timeout ?? DefaultTimeout,
        () => Describe(XdsTypes.NameOf(typeName), $"a subscription to '{name}'"));

    /// <summary>Waits for the first load report of a cluster and returns it; if there are some already, the last.</summary>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public Task<ClusterLoadReport> WaitForLoadReportAsync(string cluster, TimeSpan? timeout = null) =>
        _state.Progress.WaitAsync(() => _reports.Find(cluster), timeout ?? DefaultTimeout, () => $"a load report of cluster '{cluster}'");

    private static IEnumerable<Subscription> SubscriptionsOf(string type, IEnumerable<AdsStream> streams) =>
        streams.Select(stream => stream.Subscriptions.GetValueOrDefault(type)).OfType<Subscription>().Where(s => s.IsAskedFor);

    private Task<T> WaitForAsync<T>(Func<Subscription, T?> look, string type, TimeSpan? timeout, string what)
        where T : class =>
        _state.Progress.WaitAsync(
            () => SubscriptionsOf(type, _state.Streams).Select(look).FirstOrDefault(found => found is not null),
            timeout ?? DefaultTimeout,
            () => Describe(type, what));

    private string Describe(string type, string what)
    {
        string[] open = [.. _state.Streams.Where(stream => stream.IsOpen).Select(stream => Describe(stream.ToRecord(), type))];
        return open.Length > 0 ? $"{what} of {type}. {string.Join(' ', open)}" : $"{what} of {type}. No stream is open ({_endpoint.Calls} calls came).";
    }

    private static string Describe(AdsStreamRecord stream, string type)
    {
        if (!stream.Subscriptions.TryGetValue(type, out AdsSubscriptionRecord? s))
            return $"Stream {stream.Number} did not ask for it.";
        string names = s.IsWildcard ? "everything" : $"[{string.Join(", ", s.Names)}]";
        string last = s.Nacks.Count > 0 ? $", the last: {s.Nacks[^1]}" : "";
        return $"Stream {stream.Number} asked for {names}: {s.ResponseCount} responses, {s.AckCount} ACKs, {s.NackCount} NACKs{last}.";
    }
}
