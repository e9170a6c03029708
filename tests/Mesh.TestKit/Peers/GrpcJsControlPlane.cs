using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>How a <see cref="GrpcJsControlPlane"/> listens.</summary>
internal sealed record GrpcJsControlPlaneOptions
{
    /// <summary>The port on 127.0.0.1; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>Speaks TLS with this certificate.</summary>
    public PemFolder? Certificate { get; init; }

    /// <summary>Wants client certificates that chain to the folder's `ca.pem`.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>Wants `authorization: Bearer` with this token on every stream.</summary>
    public string? Token { get; init; }

    /// <summary>Answers delta with UNIMPLEMENTED.</summary>
    public bool UnimplementedDelta { get; init; }
}

/// <summary>A mesh made up by the control plane: host-0, host-1 and so on, each with a route, a cluster and endpoints 127.x.y.z.</summary>
/// <param name="Clusters">How many.</param>
/// <param name="Endpoints">Endpoints of each cluster.</param>
/// <param name="Port">The port of all of them.</param>
internal sealed record GrpcJsMesh(int Clusters, int Endpoints, int Port)
{
    /// <summary>The clusters' `lb_policy`.</summary>
    public string Policy { get; init; } = "ROUND_ROBIN";

    /// <summary>The number of the first address: 0 is 127.1.0.0, 65,536 is 127.2.0.0.</summary>
    public int Base { get; init; }

    /// <summary>The types replaced; null for all but secrets.</summary>
    public IReadOnlyList<XdsType>? Types { get; init; }
}

/// <summary>
/// An xDS control plane by @grpc/grpc-js from the official protos: ADS, state of the world and delta, and LRS. Its folder's README.md
/// tells what each command does.
/// </summary>
internal sealed class GrpcJsControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly CommandProcess _process;

    private GrpcJsControlPlane(CommandProcess process)
    {
        _process = process;
        Port = int.Parse(process.Ready, CultureInfo.InvariantCulture);
    }

    /// <summary>Why this machine cannot run the peer; null when it can.</summary>
    public static string? Reason => NodePackages.Reason;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>`server_uri` of a bootstrap.</summary>
    public string ServerUri => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a control plane with nothing to tell.</summary>
    public static async Task<GrpcJsControlPlane> StartAsync(GrpcJsControlPlaneOptions? options = null)
    {
        options ??= new GrpcJsControlPlaneOptions();
        List<string> arguments = ["control-plane.js", "--port", options.Port.ToString(CultureInfo.InvariantCulture)];
        if (options.Certificate is { } certificate)
            arguments.AddRange(["--cert", certificate.CertificateFile, "--key", certificate.KeyFile]);
        if (options.RequireClientCertificate)
            arguments.AddRange(["--ca", options.Certificate!.AuthorityFile]);
        if (options.Token is { } token)
            arguments.AddRange(["--token", token]);
        if (options.UnimplementedDelta)
            arguments.Add("--unimplemented-delta");
        return new(await GrpcJsXds.StartAsync(arguments));
    }

    /// <summary>Writes a bootstrap file that leads here, without TLS, and that every gRPC can read.</summary>
    public async Task WriteBootstrapAsync(string path, string nodeId = "test", params IEnumerable<string> serverFeatures)
    {
        // Node's client wants a locality.
        var bootstrap = new
        {
            xds_servers = new[]
            {
                new { server_uri = ServerUri, channel_creds = new[] { new { type = "insecure" } }, server_features = serverFeatures },
            },
            node = new { id = nodeId, cluster = "tests", locality = new { region = "r", zone = "z", sub_zone = "s" } },
        };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(bootstrap));
    }

    /// <summary>
    /// Publishes. The types named are replaced, all when none is; a version is counted when none is given; the order of sending is CDS,
    /// EDS, LDS, RDS, SDS when none is given.
    /// </summary>
    public Task<GrpcJsPublished> SetAsync(
        XdsResources resources, string? version = null, IReadOnlyList<XdsType>? types = null, IReadOnlyList<XdsType>? order = null) =>
        _process.SendAsync<GrpcJsPublished>("set", new { resources, version, types, order });

    /// <summary>Publishes a mesh made up.</summary>
    public Task<GrpcJsGenerated> GenerateAsync(GrpcJsMesh mesh) =>
        _process.SendAsync<GrpcJsGenerated>("generate", mesh, TimeSpan.FromMinutes(1));

    /// <summary>Moves one endpoint of a cluster of the mesh made up to an address that is new, and publishes that.</summary>
    public Task<GrpcJsChanged> ChangeOneEndpointAsync(int cluster = 0) =>
        _process.SendAsync<GrpcJsChanged>("generate-one-endpoint-change", new { cluster });

    /// <summary>Waits before every response of a type.</summary>
    public Task DelayAsync(XdsType type, TimeSpan delay) =>
        _process.SendAsync("delay", new { delays = new Dictionary<XdsType, double> { [type] = delay.TotalMilliseconds } });

    /// <summary>Says nothing of a type; switched off, what is owed is sent.</summary>
    public Task SilenceAsync(XdsType type, bool on = true) => _process.SendAsync("silence", new { type, on });

    /// <summary>After each NACK sends the same response again, at once.</summary>
    public Task LoopNacksAsync(bool on = true) => _process.SendAsync("nackloop", new { on });

    /// <summary>Sends all that was sent once more, unchanged, and returns how long it took until all was acknowledged.</summary>
    public async Task<TimeSpan> RepeatAsync(int n = 1, TimeSpan? limit = null)
    {
        var timeout = limit ?? TimeSpan.FromMinutes(1);
        var repeated = await _process.SendAsync<Repeated>("repeat", new { n, timeoutMs = timeout.TotalMilliseconds }, timeout + Margin);
        return TimeSpan.FromMilliseconds(repeated.ElapsedMs);
    }

    /// <summary>What load streams that open from now on are asked for; every cluster unless some are named.</summary>
    public Task AskForLoadAsync(TimeSpan interval, IReadOnlyList<string>? clusters = null) =>
        _process.SendAsync("lrs", new { intervalMs = interval.TotalMilliseconds, clusters });

    /// <summary>Closes the listening socket and all connections.</summary>
    public Task StopAsync() => _process.SendAsync("stop");

    /// <summary>Listens again on the same port.</summary>
    public Task StartAgainAsync() => _process.SendAsync("start");

    /// <summary>Ends all streams with a status and returns how many there were.</summary>
    public async Task<int> DropAsync(string status = "UNAVAILABLE", string? details = null) =>
        (await _process.SendAsync<Dropped>("drop", new { status, details })).Count;

    /// <summary>Empties the snapshot, ends all misbehaviour and forgets what was counted. Streams stay and are told nothing.</summary>
    public Task ResetAsync() => _process.SendAsync("reset");

    /// <summary>Waits until any stream has accepted a version of a type; null stands for any version.</summary>
    public Task WaitForAckAsync(XdsType type, string? version = null, TimeSpan? limit = null) => WaitForAsync(type, "ack", version, limit);

    /// <summary>Waits until any stream has refused a version of a type; null stands for any version.</summary>
    public Task WaitForNackAsync(XdsType type, string? version = null, TimeSpan? limit = null) => WaitForAsync(type, "nack", version, limit);

    /// <summary>Waits until so many streams are open.</summary>
    public Task WaitForOpenStreamsAsync(int open, TimeSpan? limit = null)
    {
        var timeout = limit ?? Margin;
        return _process.SendAsync("wait-streams", new { open, timeoutMs = timeout.TotalMilliseconds }, timeout + Margin);
    }

    /// <summary>All that was seen.</summary>
    public Task<GrpcJsControlPlaneStats> GetStatsAsync() => _process.SendAsync<GrpcJsControlPlaneStats>("stats");

    /// <summary>Ends the process at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task WaitForAsync(XdsType type, string kind, string? version, TimeSpan? limit)
    {
        var timeout = limit ?? Margin;
        await _process.SendAsync(
            "wait-for", new { type, kind, version, timeoutMs = timeout.TotalMilliseconds }, timeout + Margin);
    }

    private sealed record Repeated(double ElapsedMs);

    private sealed record Dropped([property: JsonPropertyName("dropped")] int Count);
}
