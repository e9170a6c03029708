using System.Net;
using Mesh.TestKit.ControlPlane.Hosting;
using Mesh.TestKit.ControlPlane.Resources;

namespace Mesh.TestKit.ControlPlane;

/// <summary>
/// A control plane in the test's own process: an ADS server (xDS v3) that serves what <see cref="Set(string)"/> was given last, keeps
/// what its clients asked, accepted and refused, and misbehaves on request.
/// </summary>
/// <example>
/// <code>
/// await using AdsServer server = await AdsServer.StartAsync();
/// server.Set("services: {orders: {endpoints: ['127.0.0.1:5001']}}");
/// // hand server.Bootstrap to the client, then:
/// await server.WaitForAckAsync(XdsTypes.Cluster);
/// </code>
/// </example>
public sealed partial class AdsServer : IAsyncDisposable
{
    private readonly AdsServerOptions _options;
    private readonly ControlPlaneState _state;
    private readonly LoadReports _reports;
    private readonly AdsEndpoint _endpoint;
    private readonly BootstrapFiles _bootstrap;
    private AdsListener? _listener;
    private int _port;

    private AdsServer(AdsServerOptions options)
    {
        _options = options;
        _state = new ControlPlaneState(options);
        _reports = new LoadReports(_state);
        _endpoint = new AdsEndpoint(_state, _reports);
        _bootstrap = new BootstrapFiles(options);
        _port = options.Port;
    }

    /// <summary>Where the server listens, as a bootstrap names it: <c>127.0.0.1:PORT</c>, or <c>unix:PATH</c>. An outage does not change it.</summary>
    public string Address => _options.UnixSocketPath is { } path ? $"unix:{path}" : $"127.0.0.1:{_port}";

    /// <summary>
    /// A bootstrap that names this server and what it takes to be let in: the JSON for <c>GRPC_XDS_BOOTSTRAP_CONFIG</c>. Files it names
    /// live as long as the server.
    /// </summary>
    public string Bootstrap => _bootstrap.Build(Address);

    /// <summary>What was seen of every stream there ever was, oldest first.</summary>
    public IReadOnlyList<AdsStreamRecord> Streams
    {
        get { lock (_state.Lock) return [.. _state.Streams.Select(stream => stream.ToRecord())]; }
    }

    /// <summary>Calls of any method that came, let in or not.</summary>
    public long CallCount => _endpoint.Calls;

    /// <summary>The last load reports, a cluster and message each, oldest first.</summary>
    public IReadOnlyList<ClusterLoadReport> LoadReports => _reports.Reports;

    internal ControlPlaneState State => _state;

    internal LoadReports LoadReporting => _reports;

    /// <summary>Starts a server; it takes calls when this returns, and has no resources yet.</summary>
    public static async Task<AdsServer> StartAsync(AdsServerOptions? options = null)
    {
        var server = new AdsServer(options ?? new AdsServerOptions());
        try
        {
            await server.RestartAsync();
        }
        catch
        {
            server._bootstrap.Dispose();
            throw;
        }

        return server;
    }

    /// <summary>Writes <see cref="Bootstrap"/> to a file, for <c>GRPC_XDS_BOOTSTRAP</c>, and returns the path.</summary>
    public string WriteBootstrap(string path)
    {
        File.WriteAllText(path, Bootstrap);
        return path;
    }

    /// <summary>
    /// Replaces all resources by those of a text, YAML or JSON, as a mesh file may hold it: <c>resources</c> with <c>@type</c>,
    /// <c>static_resources</c>, and the short form <c>services</c>. Clients are sent what changed for them. Relative file names are
    /// relative to the current directory.
    /// </summary>
    /// <remarks>
    /// Of the short form come the listener and the route configuration <c>mesh</c>, a cluster for each service or version, and for
    /// gRPC-style clients, which ask for a listener by the host they call, a listener named as each host.
    /// </remarks>
    /// <exception cref="AdsConfigurationException">The text has errors: all of them, with their lines. Nothing changes then.</exception>
    public void Set(string yaml) => _state.ReplaceAll(ResourceText.ReadAll(yaml, check: true));

    /// <summary>Adds or replaces one resource, given by its fields; the name need not be among them.</summary>
    /// <param name="typeName">One of <see cref="XdsTypes"/>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="yaml">Its fields, YAML or JSON; an <c>@type</c> may be among them.</param>
    /// <exception cref="AdsConfigurationException">The text has errors. Nothing changes then.</exception>
    public void Set(string typeName, string name, string yaml) => Put(ResourceText.ReadOne(XdsTypes.NameOf(typeName), name, yaml, check: true));

    /// <summary>Removes one resource, or the error that stood for it; false when there was none.</summary>
    public bool Remove(string typeName, string name)
    {
        bool removed = false;
        _state.Change(XdsTypes.NameOf(typeName), table =>
        {
            removed = table.Resources.Remove(name) | table.Errors.Remove(name);
            return removed ? [name] : [];
        });
        return removed;
    }

    /// <summary>The version of a type's resources as they are now: what the <c>version_info</c> of its next response says.</summary>
    public string VersionOf(string typeName)
    {
        lock (_state.Lock)
            return _state.TableOf(XdsTypes.NameOf(typeName)).Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Begins an outage: connections are aborted and the address refuses, until <see cref="RestartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener)
            await listener.DisposeAsync();
    }

    /// <summary>Ends an outage: the server listens where it did, with the resources it has by now.</summary>
    public async Task RestartAsync()
    {
        if (_listener is not null)
            return;
        _listener = await AdsListener.StartAsync(_options, _port, _endpoint.InvokeAsync);
        if (_listener.EndPoint is IPEndPoint ip)
            _port = ip.Port;
    }

    /// <summary>Stops at once, as <see cref="StopAsync"/>, and removes the files of the bootstrap.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _bootstrap.Dispose();
    }

    /// <summary>As <see cref="Set(string)"/>, and takes resources that no client may: only mistakes in the text itself are refused.</summary>
    internal void SetUnchecked(string yaml) => _state.ReplaceAll(ResourceText.ReadAll(yaml, check: false));

    /// <inheritdoc cref="SetUnchecked(string)"/>
    internal void SetUnchecked(string typeName, string name, string yaml) => Put(ResourceText.ReadOne(XdsTypes.NameOf(typeName), name, yaml, check: false));

    /// <summary>Replaces everything by resources that are encoded already, of any type.</summary>
    internal void Set(IReadOnlyList<ServedResource> resources) => _state.ReplaceAll(resources);

    /// <summary>Adds or replaces one resource that is encoded already, of any type.</summary>
    internal void Put(ServedResource resource) => _state.Change(resource.TypeName, table =>
    {
        bool changed = table.Errors.Remove(resource.Name) | table.Put(resource);
        return changed ? [resource.Name] : [];
    });
}
