using System.Globalization;
using Google.Protobuf.Collections;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.TestKit.ControlPlane.Streams;

/// <summary><c>DeltaAggregatedResources</c>: requests say what is wanted more or less, responses what changed and what is gone.</summary>
internal sealed class DeltaStream(ControlPlaneState state, int number, IReadOnlyDictionary<string, string> headers, string? clientSubject)
    : AdsStream(state, number, headers, clientSubject)
{
    // A wildcard is answered once even if there is nothing.
    private readonly HashSet<Subscription> _mustAnswer = [];

    public override bool IsDelta => true;

    public override void Receive(byte[] message)
    {
        DeltaDiscoveryRequest request = DeltaDiscoveryRequest.Parser.ParseFrom(message);
        var entry = new RequestEntry(
            NameOf(request.TypeUrl),
            [.. request.ResourceNamesSubscribe],
            [.. request.ResourceNamesUnsubscribe],
            "",
            request.ResponseNonce,
            request.ErrorDetail?.Message,
            request.Node is not null);
        Subscription subscription = Open(request.TypeUrl, request.Node, entry, out bool isFirst);

        // A stale nonce makes no reply of it, but what it asks for is said this once only.
        if (!subscription.TakeReply(request.ResponseNonce, entry.Error, out Response? refused))
            subscription.CountStale();
        if (isFirst)
            Resume(subscription, request.InitialResourceVersions);
        if (isFirst && entry.Names.Count == 0 && XdsTypes.HasLegacyWildcard(entry.TypeName))
            SubscribeAll(subscription);
        foreach (string name in entry.Names)
            Subscribe(subscription, name, resumed: isFirst && request.InitialResourceVersions.ContainsKey(name));
        foreach (string name in entry.Unsubscribed)
            Unsubscribe(subscription, name);
        subscription.IsPending |= subscription.Changed.Count > 0 || _mustAnswer.Contains(subscription);
        Repeat(subscription, refused);
    }

    public override void Publish(Subscription subscription, IReadOnlyCollection<string> changed)
    {
        // What is gone is heard of by whoever has it.
        foreach (string name in changed)
        {
            if (State.IsWatched(subscription, name) || subscription.Held.ContainsKey(name))
                subscription.Changed.Add(name);
        }

        subscription.IsPending |= subscription.Changed.Count > 0;
    }

    public override Response? Build(Subscription subscription)
    {
        ResourceTable table = State.TableOf(subscription.TypeName);
        DeltaDiscoveryResponse head = NewHead(subscription, table.Revision);
        var elements = new List<ReadOnlyMemory<byte>>();
        head.ResourceErrors.Add(State.ErrorsFor(subscription, subscription.Changed));
        foreach (string name in subscription.Changed)
        {
            if (!table.Resources.TryGetValue(name, out ServedResource? resource))
            {
                if (subscription.Held.Remove(name))
                    head.RemovedResources.Add(name);
            }
            else if (subscription.Watches(name, resource.IsForNamedOnly) && subscription.Held.GetValueOrDefault(name) != resource.Version)
            {
                subscription.Held[name] = resource.Version;
                elements.Add(resource.InDeltaResponse());
            }
        }

        subscription.Changed.Clear();
        bool saysNothing = elements.Count == 0 && head.RemovedResources.Count == 0 && head.ResourceErrors.Count == 0;
        return _mustAnswer.Remove(subscription) || !saysNothing ? new Response(head, elements, table.Revision) : null;
    }

    public override Response BuildWith(Subscription subscription, ServedResource changed, long revision) =>
        new(NewHead(subscription, revision), [changed.InDeltaResponse()], revision);

    private static DeltaDiscoveryResponse NewHead(Subscription subscription, long revision) => new()
    {
        SystemVersionInfo = revision.ToString(CultureInfo.InvariantCulture),
        TypeUrl = XdsTypes.UrlOf(subscription.TypeName),
        ControlPlane = new Wire.Protos.Envoy.Config.Core.V3.ControlPlane { Identifier = ControlPlaneState.Identifier },
    };

    private static void Resume(Subscription subscription, MapField<string, string> versions)
    {
        foreach ((string name, string version) in versions)
        {
            subscription.Held[name] = version;
            subscription.Changed.Add(name);
        }
    }

    private void SubscribeAll(Subscription subscription)
    {
        subscription.IsWildcard = true;
        _mustAnswer.Add(subscription);
        subscription.Changed.UnionWith(State.TableOf(subscription.TypeName).Resources.Keys);
    }

    // Asking again means that the client no longer has it.
    private void Subscribe(Subscription subscription, string name, bool resumed)
    {
        if (name == ControlPlaneState.Wildcard)
        {
            SubscribeAll(subscription);
            return;
        }

        subscription.Names.Add(name);
        if (!resumed)
            subscription.Held.Remove(name);
        subscription.Changed.Add(name);
    }

    private void Unsubscribe(Subscription subscription, string name)
    {
        if (name == ControlPlaneState.Wildcard)
        {
            subscription.IsWildcard = false;
            _mustAnswer.Remove(subscription);
            foreach (string held in subscription.Held.Keys.Where(held => !subscription.Names.Contains(held)).ToList())
                subscription.Held.Remove(held);
            subscription.Changed.IntersectWith(subscription.Names);
        }
        else if (subscription.Names.Remove(name))
        {
            subscription.Held.Remove(name);
            subscription.Changed.Remove(name);

            // The wildcard still covers it, so the client must hear of it again.
            if (State.IsWatched(subscription, name))
                subscription.Changed.Add(name);
        }
    }
}
