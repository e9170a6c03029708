using System.Text.Json;
using Mesh.Matching;
using Mesh.Snapshots;
using Mesh.Tool.RouteTests;

namespace Mesh.Tool;

/// <summary><c>mesh test PATH CASES.json</c>: route tests, for a user's own build.</summary>
internal static class TestCommand
{
    public static int Run(ReadOnlySpan<string> args)
    {
        var arguments = new Arguments(args, [], []);
        if (arguments.Positional is not [var path, var cases])
            throw new UsageException("test needs PATH CASES.json");
        MeshSnapshot snapshot = LoadedConfiguration.Load(path).Require();
        int passed = 0, failed = 0;
        foreach (RouteCase each in Read(cases))
        {
            string failures = string.Join("; ", RouteExpectation.Failures(each.Expect, Outcome(snapshot, each.Request)));
            if (failures.Length > 0)
                Console.WriteLine($"FAILED {each.Name}: {failures}");
            passed += failures.Length == 0 ? 1 : 0;
            failed += failures.Length == 0 ? 0 : 1;
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static IReadOnlyList<RouteCase> Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return RouteCase.ReadAll(document.RootElement.Clone());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CaseFormatException)
        {
            throw new UsageException($"'{path}' holds no route tests: {e.Message}");
        }
    }

    private static RouteOutcome Outcome(MeshSnapshot snapshot, RouteRequest request)
    {
        if (!Uri.TryCreate($"{request.Scheme}://{request.Authority}/", UriKind.Absolute, out Uri? url))
            throw new UsageException($"'{request.Scheme}://{request.Authority}' is no host of a case");
        var view = new RequestView(request.Method, request.Scheme, request.Authority, request.Path, null, null);
        return snapshot.FindListener(view, url.Host, url.Port).Listener is { } listener ? RouteOutcome.Of(listener.Routes, request) : RouteOutcome.None;
    }
}
