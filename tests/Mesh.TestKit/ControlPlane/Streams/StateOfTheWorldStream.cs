using System.Globalization;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.TestKit.ControlPlane.Streams;

/// <summary><c>StreamAggregatedResources</c>: each request says all that is wanted of a type, each response has all of it.</summary>
internal sealed class StateOfTheWorldStream(ControlPlaneState state, int number, IReadOnlyDictionary<string, string> headers, string? clientSubject)
    : AdsStream(state, number, headers, clientSubject)
{
    public override bool IsDelta => false;

    public override void Receive(byte[] message)
    {
        DiscoveryRequest request = DiscoveryRequest.Parser.ParseFrom(message);
        var entry = new RequestEntry(
            NameOf(request.TypeUrl), [.. request.ResourceNames], [], request.VersionInfo, request.ResponseNonce, request.ErrorDetail?.Message, request.Node is not null);
        Subscription subscription = Open(request.TypeUrl, request.Node, entry, out bool isFirst);
        if (!subscription.TakeReply(request.ResponseNonce, entry.Error, out Response? refused))
        {
            subscription.CountStale();
            return;
        }

        Subscribe(subscription, entry.Names, isFirst);
        Repeat(subscription, refused);
    }

    public override void Publish(Subscription subscription, IReadOnlyCollection<string> changed)
    {
        subscription.IsPending |= (State.Options.RepeatsUnchanged && subscription.ResponseCount > 0)
            || changed.Any(name => State.IsWatched(subscription, name));
    }

    public override Response? Build(Subscription subscription)
    {
        ResourceTable table = State.TableOf(subscription.TypeName);
        var elements = new List<ReadOnlyMemory<byte>>();
        var head = NewHead(subscription, table.Revision);
        foreach (ServedResource resource in State.ResourcesFor(subscription))
            elements.Add(resource.InResponse(State.Options.WrapsResources));
        head.ResourceErrors.Add(State.ErrorsFor(subscription, subscription.IsWildcard ? table.Errors.Keys.Union(subscription.Names) : subscription.Names));

        // Nothing is only said where all was asked for, or where there was something before.
        bool saysNothing = elements.Count == 0 && head.ResourceErrors.Count == 0;
        return saysNothing && !subscription.IsWildcard && subscription.ResponseCount == 0 ? null : new Response(head, elements, table.Revision);
    }

    public override Response BuildWith(Subscription subscription, ServedResource changed, long revision)
    {
        IEnumerable<ServedResource> others = State.ResourcesFor(subscription).Where(resource => resource.Name != changed.Name);
        return new Response(NewHead(subscription, revision), [.. others.Append(changed).Select(r => r.InResponse(State.Options.WrapsResources))], revision);
    }

    private static DiscoveryResponse NewHead(Subscription subscription, long revision) => new()
    {
        VersionInfo = revision.ToString(CultureInfo.InvariantCulture),
        TypeUrl = XdsTypes.UrlOf(subscription.TypeName),
        ControlPlane = new Wire.Protos.Envoy.Config.Core.V3.ControlPlane { Identifier = ControlPlaneState.Identifier },
    };

    // More names get the whole set again, fewer get no word.
    private void Subscribe(Subscription subscription, IReadOnlyList<string> names, bool isFirst)
    {
        subscription.HasNamed |= names.Count > 0;
        bool all = names.Contains(ControlPlaneState.Wildcard) || (!subscription.HasNamed && XdsTypes.HasLegacyWildcard(subscription.TypeName));
        bool widens = isFirst || (all && !subscription.IsWildcard)
            || names.Any(name => name != ControlPlaneState.Wildcard && !subscription.Names.Contains(name) && State.CanAnswer(subscription.TypeName, name));
        subscription.IsWildcard = all;
        subscription.Names.Clear();
        subscription.Names.UnionWith(names);
        subscription.Names.Remove(ControlPlaneState.Wildcard);
        subscription.IsPending |= widens;
    }
}
