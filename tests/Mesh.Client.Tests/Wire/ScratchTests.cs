#pragma warning disable
using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Client.Tests.Wire;

public sealed class ScratchTests(ITestOutputHelper output)
{
    [Fact]
    public void Grpc()
    {
        foreach (string suite in new[] { "eds-validation", "cds-validation", "lds-validation", "rds-validation", "rds-routes", "tls-context-validation" })
        {
            using var doc = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Corpus.Folder!, "dev/grpc", suite, "cases.json")));
            int n = 0;
            foreach (JsonElement c in doc.RootElement.EnumerateArray())
            {
                if (n++ < 0) output.WriteLine(suite + " first: " + c.GetRawText()[..Math.Min(600, c.GetRawText().Length)]);
                JsonElement input = c.GetProperty("input"); if (input.ValueKind != JsonValueKind.Object) continue;
                if (!input.TryGetProperty("@proto", out JsonElement type)) { if (input.ValueKind == JsonValueKind.Object) foreach (var p in input.EnumerateObject()) if (p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("@proto", out type)) { input = p.Value; break; } }
                if (type.ValueKind != JsonValueKind.String) { output.WriteLine($"{suite}: no proto: {input.GetRawText()[..Math.Min(200, input.GetRawText().Length)]}"); continue; }
                string t = type.GetString()!;
                byte[] wire = input.TryGetProperty("binary", out var b) ? b.GetBytesFromBase64() : [];
                if (t == "google.protobuf.Any") { var any = Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(wire); t = any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..]; wire = any.Value.ToByteArray(); }
                var set = new ResourceSet();
                var errors = new ErrorCollector();
                string crash = "";
                try { new ResourceDecoder(set, errors).Decode(t, wire); } catch (Exception e) { crash = "CRASH " + e; }
                bool accept = c.GetProperty("expect").GetProperty("accept").GetBoolean();
                bool ours = !errors.HasErrors;
                if (crash.Length > 0 || accept != ours)
                    output.WriteLine($"{suite} | {(c.TryGetProperty("name", out var nm) ? nm.GetString() : "?")} | grpc {(accept ? "accepts" : "refuses")} ours {(ours ? "accepts" : "refuses")} | {crash} {string.Join(" ;; ", errors.Items.Where(i => i.Severity == Severity.Error).Take(3))} | want: {(c.GetProperty("expect").TryGetProperty("errorContains", out var ec) ? ec.ToString() : "")}");
            }
        }
    }

}
