using Mesh.Matching;
using Mesh.Policies.Sessions;
using Mesh.Snapshots;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>What a filter's sessions make of a response, and which requests have one.</summary>
internal static class SampleSessions
{
    private static readonly string[] Paths = ["/p", "/p/x", "/px", "/"];

    public static string Of(CallFilter filter)
    {
        if (filter.PolicyOn([]) is not Session session)
            return "";
        using var response = new HttpResponseMessage();
        session.AddTo(response, "10.0.0.1:80", DateTimeOffset.UnixEpoch);
        IEnumerable<bool> concerns = Paths.Select(path => session.Concerns(new RequestView("GET", "http", "a", path, null, null)));
        return $"strict {session.Strict} on {string.Join(' ', concerns)} {response.Headers}";
    }
}
