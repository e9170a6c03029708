using System.Text;
using Mesh.Calls.PrimaryFeatures;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

/// <summary>
/// Runs the same calls through a plain <see cref="SocketsHttpHandler"/> and through one whose features were moved above it, and asserts
/// that the server and the caller see the same.
/// </summary>
internal sealed class Differential(RecordingServer server, Action<SocketsHttpHandler> configure)
{
    /// <summary>Asserts equality and returns what both did, one line a fact.</summary>
    public async Task<string> SameAsync(Func<HttpClient, Transcript, Task> calls)
    {
        string runtime = await RunAsync(calls, handler => handler);
        string moved = await RunAsync(calls, MoveFeatures);
        Assert.Equal(runtime, moved);
        return runtime;
    }

    private async Task<string> RunAsync(Func<HttpClient, Transcript, Task> calls, Func<SocketsHttpHandler, HttpMessageHandler> above)
    {
        using var primary = new SocketsHttpHandler();
        primary.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate);
        configure(primary);
        using var client = new HttpClient(above(primary), disposeHandler: false) { BaseAddress = server.Http };

        server.TakeRequests();
        var transcript = new Transcript(server);
        await calls(client, transcript);
        return transcript.ToString();
    }

    private static HttpMessageHandler MoveFeatures(SocketsHttpHandler primary)
    {
        HttpMessageHandler chain = primary;
        foreach (DelegatingHandler handler in PrimaryHandlerFeatures.TakeFrom(primary).CreateHandlers().Reverse())
        {
            handler.InnerHandler = chain;
            chain = handler;
        }

        return chain;
    }
}

/// <summary>What one run of calls looked like from both ends.</summary>
internal sealed class Transcript(RecordingServer server)
{
    private readonly StringBuilder _text = new();

    public void Note(string line) => _text.Append(line).Append('\n');

    /// <summary>Sends and notes the answer or the exception, what became of the caller's message, and what reached the server.</summary>
    public async Task SendAsync(HttpClient client, HttpRequestMessage request, bool sync = false)
    {
        string call = $"{request.Method} {request.RequestUri} {request.Content?.GetType().Name}";
        Note($"> {call}");
        try
        {
            using HttpResponseMessage response = sync ? client.Send(request) : await client.SendAsync(request);
            string body = await response.Content.ReadAsStringAsync();
            Note($"< {(int)response.StatusCode} '{body}' same message: {ReferenceEquals(request, response.RequestMessage)}");
            foreach (var header in response.Content.Headers.NonValidated)
                Note($"  {header.Key}: {header.Value}");
        }
        catch (Exception e)
        {
            for (Exception? inner = e; inner is not null; inner = inner.InnerException)
                Note($"! {inner.GetType().Name}: {inner.Message}");
        }

        Note($"after: {request.Method} {request.RequestUri} {request.Content?.GetType().Name}");
        // The runtime adds a trace context while any test of the process listens to activities; it is another for each call.
        foreach (var header in request.Headers.NonValidated.Where(header => header.Key != "traceparent"))
            Note($"  {header.Key}: {header.Value}");
        foreach (string arrived in server.TakeRequests())
            Note($"server: {arrived}");
    }

    public override string ToString() => _text.ToString();
}
