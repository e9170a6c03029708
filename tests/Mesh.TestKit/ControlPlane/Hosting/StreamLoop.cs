using Google.Protobuf;
using Mesh.TestKit.ControlPlane.Grpc;
using Mesh.TestKit.ControlPlane.Streams;

namespace Mesh.TestKit.ControlPlane.Hosting;

/// <summary>Runs one ADS stream over its call: a loop reads, another writes, and the stream between them says what.</summary>
internal sealed class StreamLoop(GrpcCall call, AdsStream stream, ControlPlaneState state)
{
    public async Task RunAsync()
    {
        Task reading = ReadAsync();
        try
        {
            if (state.Options.SendsHeadersAtOnce)
                await call.SendHeadersAsync();
            End(await WriteAsync());
        }
        finally
        {
            lock (state.Lock)
                stream.Close();
            call.Reader.Stop();
            state.Progress.Notify();
            await reading;
        }
    }

    private async Task<StreamEnd> WriteAsync()
    {
        while (true)
        {
            Outgoing? next;
            lock (state.Lock)
            {
                if (stream.End is { } end)
                    return end;
                next = stream.Take();
            }

            if (next is not { } outgoing)
                await stream.WaitAsync(call.Aborted);
            else if (outgoing.IsRaw)
                await call.WriteRawAsync(outgoing.Parts[0]);
            else
                await call.WriteAsync(outgoing.Parts);
        }
    }

    private async Task ReadAsync()
    {
        StreamEnd end;
        try
        {
            while (await call.Reader.ReadAsync(call.Aborted) is { } message)
            {
                lock (state.Lock)
                    stream.Receive(message);
                stream.Wake();
                state.Progress.Notify();
            }

            end = new StreamEnd(0, "");
        }
        catch (GrpcStatusException e)
        {
            end = new StreamEnd(e.Status, e.Message);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            end = new StreamEnd(GrpcStatusException.Internal, $"a request that is none: {e.Message}");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has gone; nobody will read the status.
            end = new StreamEnd(null, "");
        }

        lock (state.Lock)
            stream.Finish(end);
    }

    private void End(StreamEnd end)
    {
        if (end.Status is { } status)
            call.End(status, end.Message);
        else
            call.Reset();
    }
}
