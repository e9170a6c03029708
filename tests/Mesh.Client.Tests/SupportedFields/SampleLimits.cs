using Mesh.Matching;
using Mesh.Snapshots;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>What a filter's rate limit answers.</summary>
internal static class SampleLimits
{
    public static string Of(CallFilter filter)
    {
        if (filter.PolicyOn([]) is not LocalRateLimit limit)
            return "";
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        response.Headers.Add("x-limited", "before");
        limit.Headers?.ApplyToResponse(response, new FormatContext(new RequestView("GET", "http", "a", "/", null, null)));
        return $"{limit}: {limit.Status} {response.Headers}";
    }
}
