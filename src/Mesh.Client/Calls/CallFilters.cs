using System.Net;
using Mesh.Matching;
using Mesh.Policies.Faults;
using Mesh.Policies.Sessions;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>
/// Runs the filters of a call's listener in their order, once for a call and before its first attempt (gRFC A39): what they do is not
/// retried, and no attempt is counted for it.
/// </summary>
internal static class CallFilters
{
    /// <summary>Whether any filter has something to do with a call.</summary>
    public static bool Concern(Call call)
    {
        foreach (CallFilter filter in call.Listener.Filters)
        {
            if (filter.PolicyOn(call.Destination.Filters) is not null)
                return true;
        }

        return false;
    }

    /// <summary>The answer of a filter, with which the call has ended; null where the call is to be sent.</summary>
    /// <param name="call">The call.</param>
    /// <param name="custom">Takes the filters of the user's own that have seen the request.</param>
    /// <param name="async">Whether it may wait.</param>
    public static async Task<HttpResponseMessage?> RunAsync(Call call, CustomFilters custom, bool async)
    {
        foreach (CallFilter filter in call.Listener.Filters)
        {
            switch (filter.PolicyOn(call.Destination.Filters))
            {
                case Fault fault:
                    if (await InjectAsync(fault, filter.Name, call, async).ConfigureAwait(false) is { } answer)
                        return answer;
                    break;
                case LocalRateLimit limit:
                    if (limit.Refuses(call.TimeProvider, call.Engine.Random))
                        return await RefuseAsync(limit, filter.Name, call, async).ConfigureAwait(false);
                    break;
                case Session session:
                    Begin(session, call);
                    break;
                case CustomFilter own:
                    if (await custom.OnRequestAsync(own, filter.Name, call, async).ConfigureAwait(false) is { } given)
                        return given;
                    break;
            }
        }

        return null;
    }

    private static async Task<HttpResponseMessage> RefuseAsync(LocalRateLimit limit, string name, Call call, bool async)
    {
        FormatContext format = call.Route.Context(call.Target.View(call.Request, random: 0));
        FaultStatus status = limit.Status;
        var reply = new LocalReply((HttpStatusCode)status.Http, status.Grpc, ResponseFlags.RateLimited, $"route '{call.Route.Name}': filter '{name}' lets no more calls pass for now: {limit}");
        HttpResponseMessage answer = await AttemptLoop.ReplyAsync(call, reply, null, async).ConfigureAwait(false);
        limit.Headers?.ApplyToResponse(answer, format with { Response = answer });
        return answer;
    }

    private static void Begin(Session session, Call call)
    {
        RequestView request = call.Target.View(call.Request, random: 0);
        if (session.Concerns(request))
            call.Session = new CallSession(session, session.AddressOf(request, call.TimeProvider.GetUtcNow()));
    }

    private static async Task<HttpResponseMessage?> InjectAsync(Fault fault, string name, Call call, bool async)
    {
        // The route's timeout starts behind the filters, as in Envoy; the deadline of a gRPC caller has started.
        RequestView request = call.Target.View(call.Request, random: 0);
        FaultPlan plan = fault.Draw(request, call.Cluster.Name, call.Engine.Random);
        if (plan.IsNone || !call.Faults.TryCount(call.Engine.Faults, fault.MaxActive))
            return null;
        call.Faults.BytesPerSecond = plan.BytesPerSecond;
        if (plan.Delay > TimeSpan.Zero)
        {
            call.Faults.Delayed = true;
            TimeSpan wait = call.Remaining is { } rest && rest < plan.Delay ? rest : plan.Delay;
            if (!await AttemptLoop.WaitAsync(call, wait, async).ConfigureAwait(false))
                throw AttemptLoop.Cancelled(call, null);
            if (wait < plan.Delay)
                return await AttemptLoop.ReplyAsync(call, FailureReply.Deadline(call), null, async).ConfigureAwait(false);
        }

        if (plan.Abort is not { } status)
            return null;
        var reply = new LocalReply((HttpStatusCode)status.Http, status.Grpc, ResponseFlags.FaultInjected, $"route '{call.Route.Name}': filter '{name}' injected a fault; it {fault}");
        return await AttemptLoop.ReplyAsync(call, reply, null, async).ConfigureAwait(false);
    }
}
