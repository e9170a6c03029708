using System.Text;
using System.Text.Json;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>Gets a text from a URI; whoever gives it bounds its time.</summary>
internal delegate Task<string?> FetchText(Uri uri, CancellationToken cancellation);

/// <summary>A task of AWS ECS, by version 4 of its metadata endpoint.</summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
/// <param name="fetch">Asks the endpoint.</param>
internal sealed class EcsPlatform(Func<string, string?> environment, FetchText fetch)
{
    private const string Variable = "ECS_CONTAINER_METADATA_URI_V4";

    /// <summary>What the task is told; null when this is none, or after reporting that the endpoint does not answer.</summary>
    public async Task<PlatformFacts?> ReadAsync(ErrorCollector errors, CancellationToken cancellation)
    {
        if (environment(Variable) is not { Length: > 0 } variable)
            return null;
        if (!Uri.TryCreate($"{variable.TrimEnd('/')}/task", UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
        {
            errors.Warning($"the variable {Variable} is {Quoted.Name(variable)}, which is no http URI; the task's metadata stays unknown");
            return null;
        }

        string? text;
        try
        {
            text = await fetch(uri, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            errors.Warning($"{uri} gave no metadata of the task: {e.Message}");
            return null;
        }

        return Read(uri, text ?? "", errors);
    }

    private static PlatformFacts? Read(Uri uri, string text, ErrorCollector errors)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            JsonElement root = document.RootElement;
            string task = Member(root, "TaskARN"), zone = Member(root, "AvailabilityZone"), family = Member(root, "Family");
            return new PlatformFacts
            {
                Id = task,

                // A node's cluster is the service it is an instance of, which is the family rather than the machines of an ECS cluster.
                Cluster = family,
                Region = task.Split(':') is ["arn", _, _, { Length: > 0 } region, ..] ? region : RegionOfZone(zone),
                Zone = zone,
                Metadata = [("ECS_CLUSTER", Member(root, "Cluster")), ("ECS_TASK_FAMILY", family)],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            errors.Warning($"{uri} gave no JSON object with the task's metadata: {e.Message}");
            return null;
        }
    }

    private static string Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // us-west-2 of us-west-2a and of us-west-2-lax-1a: up to the first number.
    private static string RegionOfZone(string zone)
    {
        int number = zone.AsSpan().IndexOfAnyInRange('0', '9');
        if (number < 0)
            return "";
        int length = zone.AsSpan(number).IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? zone : zone[..(number + length)];
    }
}
