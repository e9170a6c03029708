using System.Text.Json;
using Mesh.Calls;
using Mesh.Client.Tests.Differences;
using Mesh.TestKit;
using Mesh.Tool;

namespace Mesh.Client.Tests.Explanations;

/// <summary>What <c>mesh explain --json</c> prints of a request to the host a, whose clusters are a and b.</summary>
internal static class Explained
{
    public static JsonElement Route(string route, string path = "/", string? header = null) => Of(Compared.Routes(route), path, header);

    public static JsonElement Of(string configuration, string path = "/", string? header = null)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["mesh.yaml"], configuration);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://a" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header.Split('=')[0], header.Split('=')[1]);
        using JsonDocument document = JsonDocument.Parse(ExplanationJson.Write(Explanation.Of(LoadedConfiguration.Load(folder["mesh.yaml"]).Require(), request), []));
        return document.RootElement.Clone();
    }

    public static string? Text(this JsonElement element, string key) => element.GetProperty(key).GetString();

    public static string[] Texts(this JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>What was tried, each <c>route: reason</c>.</summary>
    public static string[] Tried(this JsonElement element) => [.. element.GetProperty("tried").EnumerateArray().Select(item => $"{item.Text("route")}: {item.Text("reason")}")];

    public static bool Has(this JsonElement element, string key) => element.TryGetProperty(key, out _);
}
