using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.TestKit.ControlPlane.Grpc;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Service.LoadStats.V3;

namespace Mesh.TestKit.ControlPlane.Hosting;

/// <summary>The load reporting service: it says how often to report, and keeps the last reports.</summary>
internal sealed class LoadReports(ControlPlaneState state)
{
    private const int MaxReports = 10_000;

    private readonly Queue<ClusterLoadReport> _reports = new();
    private readonly List<LoadStatsRequest> _requests = [];
    private readonly List<Channel<bool>> _streams = [];

    public IReadOnlyList<ClusterLoadReport> Reports
    {
        get { lock (state.Lock) return [.. _reports]; }
    }

    /// <summary>The last report of a cluster; null when there is none. Wants the lock held.</summary>
    public ClusterLoadReport? Find(string cluster) => _reports.LastOrDefault(report => report.Cluster == cluster);

    /// <summary>The messages received, with the node of each stream's first.</summary>
    public IReadOnlyList<LoadStatsRequest> Requests
    {
        get { lock (state.Lock) return [.. _requests]; }
    }

    /// <summary>Tells every open stream what the options say now.</summary>
    public void Announce()
    {
        lock (state.Lock)
        {
            foreach (Channel<bool> stream in _streams)
                stream.Writer.TryWrite(true);
        }
    }

    public async Task RunAsync(GrpcCall call)
    {
        var announce = Channel.CreateUnbounded<bool>();
        lock (state.Lock)
            _streams.Add(announce);
        Task reading = ReadAsync(call, announce.Writer);
        try
        {
            await foreach (bool _ in announce.Reader.ReadAllAsync(call.Aborted))
                await call.WriteAsync([Settings().ToByteArray()]);
            call.End(0, "");
        }
        finally
        {
            lock (state.Lock)
                _streams.Remove(announce);
            call.Reader.Stop();
            await reading;
        }
    }

    private async Task ReadAsync(GrpcCall call, ChannelWriter<bool> announce)
    {
        try
        {
            bool isFirst = true;
            while (await call.Reader.ReadAsync(call.Aborted) is { } message)
            {
                Take(LoadStatsRequest.Parser.ParseFrom(message));
                if (isFirst)
                    announce.TryWrite(true);
                isFirst = false;
            }

            announce.TryComplete();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidProtocolBufferException or GrpcStatusException)
        {
            announce.TryComplete();
        }
    }

    private void Take(LoadStatsRequest request)
    {
        lock (state.Lock)
        {
            if (_requests.Count < MaxReports)
                _requests.Add(request);
            foreach (ClusterStats stats in request.ClusterStats)
            {
                if (_reports.Count == MaxReports)
                    _reports.Dequeue();
                _reports.Enqueue(new ClusterLoadReport(stats));
            }
        }

        state.Progress.Notify();
    }

    private LoadStatsResponse Settings()
    {
        var settings = new LoadStatsResponse
        {
            LoadReportingInterval = Duration.FromTimeSpan(state.Options.LoadReportingInterval),
            SendAllClusters = state.Options.LoadReportClusters is null,
        };
        settings.Clusters.Add(state.Options.LoadReportClusters ?? []);
        return settings;
    }
}
