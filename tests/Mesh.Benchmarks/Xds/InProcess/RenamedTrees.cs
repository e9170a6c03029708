using System.Globalization;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>
/// A control plane whose every version is a new tree: the route adds the version as a header and leads to a cluster of that number, whose
/// one endpoint has an address of that number. A version is followed by the next once its endpoints have been acknowledged.
/// </summary>
/// <param name="acknowledged">Told of each version while the acknowledgement is written, hence before anything else happens to the client.</param>
internal sealed class RenamedTrees(Action<int> acknowledged)
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<ReadOnlyMemory<byte>>? _send;
    private int _version;
    private int _clusterTold;
    private int _endpointsTold;
    private int _last;

    public ScriptedPlane Serve()
    {
        var plane = new ScriptedPlane((_, request) => Answer(DiscoveryRequest.Parser.ParseFrom(request.Span)));
        _send = message => plane.Send(message);
        return plane;
    }

    /// <summary>Publishes all versions up to this one; ends when that one has been acknowledged.</summary>
    public async Task RunToAsync(int version)
    {
        await _asked.Task;
        _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _last = version;
        Publish();
        await _reached.Task;
    }

    private void Publish()
    {
        _version++;
        Send(ResourceType.RouteConfiguration, Messages.Routes([Messages.Tagged(_version)]));
    }

    private void Answer(DiscoveryRequest request)
    {
        if (request.ErrorDetail is { } error)
            _reached.TrySetException(new InvalidOperationException($"Version {_version} was refused: {error.Message}"));
        ResourceType type = ResourceType.Find(request.TypeUrl)!;
        bool isNew = request.ResourceNames.Contains(Messages.ClusterName(_version));
        if (type == ResourceType.Listener && request.ResponseNonce.Length == 0)
            Send(type, Messages.Listener());
        else if (type == ResourceType.RouteConfiguration && request.ResponseNonce.Length == 0)
            _asked.TrySetResult();
        else if (type == ResourceType.Cluster && isNew && _clusterTold < _version)
            Send(type, [.. request.ResourceNames.Select(Messages.Cluster)], ref _clusterTold);
        else if (type == ResourceType.Endpoints && isNew && _endpointsTold < _version)
            Send(type, [Messages.Assignment(Messages.ClusterName(_version), [Messages.Address(_version)])], ref _endpointsTold);
        else if (type == ResourceType.Endpoints && isNew && request.VersionInfo == Text(_version))
            OnAcknowledged();
    }

    private void OnAcknowledged()
    {
        acknowledged(_version);
        if (_version < _last)
            Publish();
        else
            _reached.TrySetResult();
    }

    private void Send(ResourceType type, IMessage[] resources, ref int told)
    {
        told = _version;
        Send(type, resources);
    }

    private void Send(ResourceType type, params IMessage[] resources) => _send!(Messages.StateOfTheWorld(type, Text(_version), resources));

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
