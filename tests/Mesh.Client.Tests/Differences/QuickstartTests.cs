using System.Text.Json;
using Xunit;

namespace Mesh.Client.Tests.Differences;

/// <summary>A canary shift of the quickstart: half of the calls, no more testers, one more endpoint.</summary>
public sealed class QuickstartTests
{
    private const string Old = "route 'orders-default' -> orders/v1 90, orders/v2 10", New = "route 'orders-default' -> orders/v1 50, orders/v2 50";
    private static readonly string Changed = Change(Compared.Quickstart);

    [Fact]
    public void TheTextTellsAll()
    {
        Assert.Equal(
            [
                "~ cluster orders/v2: endpoints 127.0.0.1:5004 added",
                "~ host orders:",
                "    ~ route 'orders-default': weights orders/v1 90 -> 50, orders/v2 10 -> 50",
                "    - route 'beta'",
                $"GET http://orders/: {Old}   becomes   {New}; endpoints 127.0.0.1:5004 added",
                $"GET http://orders/nowhere: {Old}   becomes   {New}; endpoints 127.0.0.1:5004 added",
                $"GET http://orders/api [x-beta: true]: route 'beta' -> orders/v2   becomes   {New}",
                $"GET http://orders/api/a [x-beta: true]: route 'beta' -> orders/v2   becomes   {New}",
                $"GET http://orders/a: {Old}   becomes   {New}; endpoints 127.0.0.1:5004 added",
                $"GET http://orders/apia [x-beta: true]: route 'beta' -> orders/v2   becomes   {New}",
                "3 changes; 6 of 7 sample requests land elsewhere",
            ],
            Compared.Lines(Compared.Quickstart, Changed));
    }

    [Fact]
    public void TheSameFileTwiceMakesNoDifference() =>
        Assert.Equal(["0 changes; 0 of 7 sample requests land elsewhere"], Compared.Lines(Compared.Quickstart, Compared.Quickstart));

    /// <summary>What is compared is what was compiled, not the text.</summary>
    [Fact]
    public void AnotherSpellingMakesNoDifference()
    {
        string spelled = Compared.Quickstart.Replace("split: { v1: 90, v2: 10 }", "split:\n      v1: 90   # as before\n      v2: 10\n", StringComparison.Ordinal);
        Assert.NotEqual(Compared.Quickstart, spelled);
        Assert.Equal(["0 changes; 0 of 7 sample requests land elsewhere"], Compared.Lines(Compared.Quickstart, spelled));
    }

    [Fact]
    public void TheJsonTellsTheSame()
    {
        using JsonDocument document = JsonDocument.Parse(Compared.Print(Compared.Of(Compared.Quickstart, Changed), json: true));
        JsonElement root = document.RootElement;
        Assert.Equal(["changes", "hosts", "clusters", "listeners", "requests", "sampled", "cut"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(3, root.GetProperty("changes").GetInt32());
        Assert.Equal(7, root.GetProperty("sampled").GetInt32());
        Assert.Equal(6, root.GetProperty("requests").GetArrayLength());
        Assert.Equal(
            """[{"host":"orders","change":"changed","routes":[{"route":"orders-default","change":"changed","details":["weights orders/v1 90 -> 50, orders/v2 10 -> 50"]},{"route":"beta","change":"removed","details":[]}],"details":[]}]""",
            Compact(root.GetProperty("hosts")));
        Assert.Equal("""[{"cluster":"orders/v2","change":"changed","details":["endpoints 127.0.0.1:5004 added"]}]""", Compact(root.GetProperty("clusters")));
        Assert.Equal("[]", Compact(root.GetProperty("listeners")));
        Assert.Equal(
            """{"method":"GET","url":"http://orders/api","headers":{"x-beta":"true"},"old":{"listener":"mesh","virtualHost":"orders","route":"beta","action":"cluster","clusters":{"orders/v2":1},"rewrites":{},"endpoints":["127.0.0.1:5002","127.0.0.1:5003"]},"new":{"listener":"mesh","virtualHost":"orders","route":"orders-default","action":"weighted_clusters","clusters":{"orders/v1":50,"orders/v2":50},"rewrites":{},"endpoints":["127.0.0.1:5001","127.0.0.1:5002","127.0.0.1:5003","127.0.0.1:5004"]}}""",
            Compact(root.GetProperty("requests")[2]));
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element, Plain);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Change(string text)
    {
        int beta = text.IndexOf("      - name: beta", StringComparison.Ordinal), split = text.IndexOf("    split:", StringComparison.Ordinal);
        return text.Remove(beta, split - beta)
            .Replace("v1: 90, v2: 10", "v1: 50, v2: 50", StringComparison.Ordinal)
            .Replace("127.0.0.1:5003]", "127.0.0.1:5003, 127.0.0.1:5004]", StringComparison.Ordinal);
    }
}
