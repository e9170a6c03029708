using System.Net;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>The filters of the user's own that have seen a call's request, and are to see its response (gRFC A39).</summary>
internal sealed class CustomFilters
{
    private const int Internal = 13;

    private List<(IHttpFilter Filter, HttpFilterCall Call)>? _passed;
    private CancellationToken _cancellationToken;

    /// <summary>Lets a filter see the request: its answer, with which the call has ended, or null.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the call has ended.</exception>
    public async Task<HttpResponseMessage?> OnRequestAsync(CustomFilter custom, string name, Call call, bool async)
    {
        var seen = new HttpFilterCall(call.Request, call.Target.Authority, call.Target.Path, call.Route.Name, call.Cluster.Name, call.HeaderChanges ?? []);
        _cancellationToken = call.CallerToken;
        HttpResponseMessage? answer;
        try
        {
            ValueTask<HttpResponseMessage?> asked = custom.Filter.OnRequestAsync(seen, _cancellationToken);
            answer = async || asked.IsCompleted ? await asked.ConfigureAwait(false) : asked.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            if (_cancellationToken.IsCancellationRequested)
                throw AttemptLoop.Cancelled(call, e);
            var reply = new LocalReply(HttpStatusCode.InternalServerError, Internal, ResponseFlags.FilterFailed, $"route '{call.Route.Name}': filter '{name}' failed: {e.Message}");
            return await AttemptLoop.ReplyAsync(call, reply, e, async).ConfigureAwait(false);
        }

        if (seen.HeaderChanges.Count > 0)
            call.HeaderChanges = seen.HeaderChanges;
        (_passed ??= []).Add((custom.Filter, seen));
        return answer is null ? null : await AnswerAsync(call, answer, async).ConfigureAwait(false);
    }

    /// <summary>Lets the filters see the response, the last first.</summary>
    public async ValueTask<HttpResponseMessage> OnResponseAsync(HttpResponseMessage response, bool async)
    {
        for (int i = (_passed?.Count ?? 0) - 1; i >= 0; i--)
        {
            var (filter, call) = _passed![i];
            try
            {
                ValueTask told = filter.OnResponseAsync(call, response, _cancellationToken);
                if (async || told.IsCompleted)
                    await told.ConfigureAwait(false);
                else
                    told.AsTask().GetAwaiter().GetResult();
            }
            catch
            {
                // The call lasts as long as its response, which nobody would dispose.
                response.Dispose();
                throw;
            }
        }

        return response;
    }

    private static async Task<HttpResponseMessage> AnswerAsync(Call call, HttpResponseMessage answer, bool async)
    {
        // A gRPC client in the middle of its own stream set-up does not expect to be answered before it has let go.
        if (async && call.IsGrpc)
            await Task.Yield();
        answer.RequestMessage = call.Request;
        call.Response = answer;
        call.End(ResponseFlags.FilterAnswered, null);
        return answer;
    }
}
