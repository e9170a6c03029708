using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.TestKit.ControlPlane.Streams;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;

namespace Mesh.TestKit.ControlPlane;

/// <content>How the server misbehaves.</content>
public sealed partial class AdsServer
{
    /// <summary>Ends every open stream with a status; clients may come again at once.</summary>
    /// <param name="grpcStatus">A status of gRPC; 14 is UNAVAILABLE.</param>
    /// <param name="message">Its message.</param>
    public void DropStreams(int grpcStatus = 14, string message = "") => Finish(new StreamEnd(grpcStatus, message));

    /// <summary>Resets every open stream: it ends without a status.</summary>
    public void ResetStreams() => Finish(new StreamEnd(null, ""));

    /// <summary>Answers nothing more about a type, as control planes do that wait for something; with false the answers are made up for.</summary>
    public void Silence(string typeName, bool silent = true)
    {
        lock (_state.Lock)
            _state.Faults.Silence(XdsTypes.NameOf(typeName), silent);
        _state.WakeAll();
    }

    /// <summary>Holds every response of a type back for so long; zero ends it.</summary>
    public void Delay(string typeName, TimeSpan delay)
    {
        lock (_state.Lock)
            _state.Faults.Delay(XdsTypes.NameOf(typeName), delay);
        _state.WakeAll();
    }

    /// <summary>Refuses calls from now on with this status; 0 lets them in again. Open streams go on.</summary>
    public void FailWith(int grpcStatus, string message = "")
    {
        lock (_state.Lock)
            _state.Faults.Failure = grpcStatus == 0 ? null : (grpcStatus, message);
    }

    /// <summary>Says an error in place of a resource, in <c>resource_errors</c> (xRFC TP3), until the resource is set or removed.</summary>
    public void SetError(string typeName, string name, int grpcStatus, string message) => _state.Change(XdsTypes.NameOf(typeName), table =>
    {
        table.Resources.Remove(name);
        table.Errors[name] = new Status { Code = grpcStatus, Message = message };
        return [name];
    });

    /// <summary>Tells clients of the load reporting service, now and later, how often and of which clusters to report; null for all.</summary>
    public void SetLoadReporting(TimeSpan interval, IReadOnlyList<string>? clusters = null)
    {
        _options.LoadReportingInterval = interval;
        _options.LoadReportClusters = clusters;
        _reports.Announce();
    }

    /// <summary>
    /// Sends every stream that asks for a type one resource of it that no client may accept, among those it has, and waits for the
    /// NACK. The resource takes the place of one asked for by name, or with a wildcard stands beside the others.
    /// </summary>
    /// <returns>The error text of the NACK.</returns>
    /// <exception cref="TimeoutException">No client asked for the type, or none refused.</exception>
    public async Task<string> SendInvalidAsync(string typeName, TimeSpan? timeout = null)
    {
        string type = XdsTypes.NameOf(typeName);
        await WaitForAsync(s => s.IsWildcard || s.Names.Count > 0 ? s : null, type, timeout, "a subscription");
        Craft(
            type,
            (stream, subscription, revision) => stream.BuildWith(subscription, InvalidResource.Of(type, Victim(subscription)), revision),
            atOnce: false,
            keepsNonce: false);
        return await WaitForNackAsync(type, timeout);
    }

    /// <summary>Sends every open stream bytes as they are, without a frame around them: a frame made by hand, half of one, or noise.</summary>
    public void SendRaw(ReadOnlyMemory<byte> bytes)
    {
        lock (_state.Lock)
        {
            foreach (AdsStream stream in _state.OpenStreams)
                stream.EnqueueRaw(bytes);
        }
    }

    /// <summary>Sends a response made by hand to every open state-of-the-world stream. What is empty of version and nonce is filled in.</summary>
    /// <param name="response">It; any type, asked for or not.</param>
    /// <param name="atOnce">Whether it does not wait for the reply to the one before.</param>
    /// <param name="keepsNonce">Whether its own nonce is sent, be it wrong or empty.</param>
    internal void Send(DiscoveryResponse response, bool atOnce = false, bool keepsNonce = false) => Craft(
        XdsTypes.NameOf(response.TypeUrl),
        (stream, _, revision) =>
        {
            DiscoveryResponse copy = response.Clone();
            if (copy.VersionInfo.Length == 0)
                copy.VersionInfo = Text(revision);
            return stream.IsDelta ? null : new Response(copy, [], revision);
        },
        atOnce,
        keepsNonce);

    /// <summary>As <see cref="Send(DiscoveryResponse, bool, bool)"/>, to delta streams.</summary>
    internal void Send(DeltaDiscoveryResponse response, bool atOnce = false, bool keepsNonce = false) => Craft(
        XdsTypes.NameOf(response.TypeUrl),
        (stream, _, revision) =>
        {
            DeltaDiscoveryResponse copy = response.Clone();
            if (copy.SystemVersionInfo.Length == 0)
                copy.SystemVersionInfo = Text(revision);
            return stream.IsDelta ? new Response(copy, [], revision) : null;
        },
        atOnce,
        keepsNonce);

    /// <summary>Gives a resource a time to live; null takes it away.</summary>
    internal void SetTimeToLive(string typeName, string name, TimeSpan? timeToLive) => _state.Change(XdsTypes.NameOf(typeName), table =>
        table.Resources.TryGetValue(name, out ServedResource? resource) && table.Put(resource.With(timeToLive)) ? [name] : []);

    /// <summary>Sends every stream that asks for a type a heartbeat: of each of its resources with a time to live, the wrapper without the body.</summary>
    internal void SendHeartbeat(string typeName)
    {
        string type = XdsTypes.NameOf(typeName);
        Craft(type, (stream, subscription, revision) => Heartbeat(stream, subscription, _state.TableOf(type).Revision), atOnce: false, keepsNonce: false);
    }

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    private Response Heartbeat(AdsStream stream, Subscription subscription, long revision)
    {
        Resource[] beats = [.. _state.ResourcesFor(subscription).Where(r => r.TimeToLive is not null).Select(r => r.Heartbeat())];
        string url = XdsTypes.UrlOf(subscription.TypeName);
        return stream.IsDelta
            ? new Response(new DeltaDiscoveryResponse { SystemVersionInfo = Text(revision), TypeUrl = url, Resources = { beats } }, [], revision)
            : new Response(new DiscoveryResponse { VersionInfo = Text(revision), TypeUrl = url, Resources = { beats.Select(Any.Pack) } }, [], revision);
    }

    private string Victim(Subscription subscription)
    {
        Dictionary<string, ServedResource> resources = _state.TableOf(subscription.TypeName).Resources;
        return subscription.Names.FirstOrDefault(resources.ContainsKey) ?? subscription.Names.FirstOrDefault() ?? "mesh-testkit-invalid";
    }

    // Built when it is sent, from what the stream is subscribed to by then.
    private void Craft(string typeName, Func<AdsStream, Subscription, long, Response?> build, bool atOnce, bool keepsNonce)
    {
        lock (_state.Lock)
        {
            long revision = _state.NextCrafted(typeName);
            foreach (AdsStream stream in _state.OpenStreams)
                stream.Enqueue(stream.SubscriptionOf(typeName), new CraftedResponse(s => build(stream, s, revision), atOnce, keepsNonce));
        }
    }

    private void Finish(StreamEnd end)
    {
        lock (_state.Lock)
        {
            foreach (AdsStream stream in _state.OpenStreams)
                stream.Finish(end);
        }
    }
}
