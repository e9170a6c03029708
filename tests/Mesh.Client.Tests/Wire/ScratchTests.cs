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
                if (n++ == 0) output.WriteLine(suite + " first: " + c.GetRawText()[..Math.Min(600, c.GetRawText().Length)]);
                JsonElement input = c.GetProperty("input");
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

    [Fact]
    public void EnvoyReject()
    {
        using var doc = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Corpus.Folder!, "dev/envoy-config-impl-reject/cases.json")));
        foreach (JsonElement c in doc.RootElement.EnumerateArray())
        {
            string text = $"{{\"resources\":[{{\"@type\":\"type.googleapis.com/envoy.config.route.v3.RouteConfiguration\",{c.GetProperty("config").GetRawText().TrimStart()[1..]}]}}";
            Decoded d;
            try { d = Decoded.Json(text); } catch (Exception e) { output.WriteLine("CRASH " + e); continue; }
            if (!d.HasErrors) output.WriteLine($"accepted: {c.GetRawText()[..Math.Min(900, c.GetRawText().Length)]}");
        }
    }

    [Fact]
    public void HeaderMatch()
    {
        using var doc = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Corpus.Folder!, "dev/envoy-header-match/cases.json")));
        int n = 0, skipped = 0;
        foreach (JsonElement c in doc.RootElement.EnumerateArray())
        {
            if (n++ == 0) output.WriteLine(c.GetRawText());
            string matchers = (c.TryGetProperty("matchers", out var m) || c.TryGetProperty("headerMatchers", out m) || c.TryGetProperty("config", out m)) ? m.GetRawText() : "[]";
            Decoded d = Decoded.Json($"{{\"resources\":[{{\"@type\":\"type.googleapis.com/envoy.config.route.v3.RouteConfiguration\",\"name\":\"r\",\"virtualHosts\":[{{\"name\":\"v\",\"domains\":[\"*\"],\"routes\":[{{\"match\":{{\"prefix\":\"\",\"headers\":{matchers}}},\"route\":{{\"cluster\":\"c\"}}}}]}}]}}]}}");
            if (d.HasErrors) { skipped++; output.WriteLine("refused: " + c.GetRawText() + " " + d.Findings[0]); continue; }
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
            string path = "/", method = "GET", authority = "host";
            JsonElement hs = c.TryGetProperty("headers", out var h) ? h : c.GetProperty("request").GetProperty("headers");
            foreach (JsonElement x in hs.EnumerateArray())
            {
                string name = x.GetProperty("name").GetString()!, value = x.GetProperty("value").GetString()!;
                if (name == ":path") path = value; else if (name == ":method") method = value; else if (name == ":authority") authority = value;
                else request.Headers.TryAddWithoutValidation(name, value);
            }
            var matcher = new Mesh.Matching.RouteMatcher(d.Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Match);
            bool ours = matcher.Matches(new Mesh.Matching.RequestView(method, "http", authority, path, request.Headers, null));
            if (ours != c.GetProperty("expect").GetBoolean()) output.WriteLine($"DIFF ours {ours}: {c.GetRawText()}");
        }
        output.WriteLine($"{n} cases, {skipped} refused");
    }

    [Fact]
    public void Crashes()
    {
        foreach (var (text, yaml) in new (string, bool)[] {
            ("{\"\\ud800\": 1}", false), ("{\"services\":{\"\\ud800\":{}}}", false), ("{\"services\":{\"a\":{\"endpoints\":[\"\\ud800\"]}}}", false),
            ("{\"resources\":[{\"@type\":\"\\ud800/x\"}]}", false), ("{\"static_resources\":{\"\\ud800\":[]}}", false),
            ("{\"services\":{\"a\":{\"endpoints\":[\"127.0.0.1:1\"],\"\\ud800\":1}}}", false),
            ("services: {a: {endpoints: ['127.0.0.1:1'], routes: [{to: nosuch}]}}", true),
            ("services: {a: {endpoints: ['127.0.0.1:1'], hosts: ['a*b'], retry: {retries: 1, backoff: 2000000000h}}}", true),
            ("services: {a: {endpoints: ['127.0.0.1:1'], timeout: 9999999999h}}", true),
            ("services: {a: {endpoints: ['127.0.0.1:0'], request_headers: {set: {'x y': v}}}}", true),
            ("resources:", true), ("static_resources:", true), ("services:", true), ("node: {id: x}", true), ("[]", true), ("a", true), ("services: {}", true),
            ("{\"static_resources\":{\"clusters\":[],\"clusters\":[]}}", false),
            ("{\"static_resources\":{\"clusters\":{\"a\":1}}} garbage", false),
        })
        {
            try { output.WriteLine(text + " => " + string.Join(" ;; ", Decoded.Read(System.Text.Encoding.UTF8.GetBytes(text), yaml, file: "m").Findings.Select(f => f.ToString()))); }
            catch (Exception e) { output.WriteLine(text + " => CRASH " + e.GetType() + e.Message + e.StackTrace!.Split('\n')[0]); }
        }
    }
}
