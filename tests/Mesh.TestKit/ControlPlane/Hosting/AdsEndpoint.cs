using Mesh.TestKit.ControlPlane.Grpc;
using Mesh.TestKit.ControlPlane.Streams;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.ControlPlane.Hosting;

/// <summary>Lets a call in or not, and hands it to the method it is for.</summary>
internal sealed class AdsEndpoint(ControlPlaneState state, LoadReports reports)
{
    private const string Ads = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";
    private const string Lrs = "/envoy.service.load_stats.v3.LoadReportingService/";

    private long _calls;

    /// <summary>Calls that came, let in or not.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var call = new GrpcCall(context, state.Options);
        try
        {
            Admit(context);
            await (context.Request.Path.Value switch
            {
                Ads + "StreamAggregatedResources" when state.Options.SupportsStateOfTheWorld => RunAsync(call, context, isDelta: false),
                Ads + "DeltaAggregatedResources" when state.Options.SupportsDelta => RunAsync(call, context, isDelta: true),
                Lrs + "StreamLoadStats" when state.Options.SupportsLoadReports => reports.RunAsync(call),
                var path => throw new GrpcStatusException(GrpcStatusException.Unimplemented, $"unknown method {path}"),
            });
        }
        catch (GrpcStatusException e)
        {
            call.End(e.Status, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has gone.
        }
    }

    private void Admit(HttpContext context)
    {
        (int Status, string Message)? failure;
        lock (state.Lock)
            failure = state.Faults.Failure;
        if (failure is { } fault)
            throw new GrpcStatusException(fault.Status, fault.Message);
        if (state.Options.BearerToken is { } token && context.Request.Headers.Authorization != $"Bearer {token}")
            throw new GrpcStatusException(GrpcStatusException.Unauthenticated, "the bearer token is missing or not the one expected");
    }

    private async Task RunAsync(GrpcCall call, HttpContext context, bool isDelta)
    {
        var headers = context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal);
        string? subject = context.Connection.ClientCertificate?.Subject;
        AdsStream stream = state.Open(number => isDelta
            ? new DeltaStream(state, number, headers, subject)
            : new StateOfTheWorldStream(state, number, headers, subject));
        state.Progress.Notify();
        await new StreamLoop(call, stream, state).RunAsync();
    }
}
