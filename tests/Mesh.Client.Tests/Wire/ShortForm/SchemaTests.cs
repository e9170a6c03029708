using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Mesh.Wire.ShortForm;
using Mesh.Wire.Text;
using Xunit;

namespace Mesh.Client.Tests.Wire.ShortForm;

/// <summary>The JSON Schema that editors use says what the reader says.</summary>
public sealed partial class SchemaTests
{
    private const string Example = """
        services:
          orders:
            hosts: [orders, "*.orders.internal"]
            protocol: http2
            allow_plaintext: true
            connect_timeout: 500ms
            timeout: 2s
            idle_timeout: 1m
            retry: 3
            endpoints: ["127.0.0.1:5000"]
            versions:
              v1:
                endpoints: ["127.0.0.1:5001", "[::1]:5001", "orders.internal:80", "unix:/run/orders.sock"]
              v2:
                protocol: auto
                connect_timeout: 1.5s
                tls: { ca: ca.pem, cert: own.pem, key: own.key, sni: orders.internal, names: [orders.internal, "spiffe://td/orders"] }
                endpoints:
                  - { address: "127.0.0.1:5002", health: draining }
            routes:
              - name: beta
                path: /api/orders
                method: get
                headers:
                  x-beta: true
                  x-count: 3
                  x-tenant: { prefix: t-, not: true }
                  x-trace: { present: true }
                to: v2
                timeout: 0s
                idle_timeout: 30s
                retry: { retries: 2, on: "5xx, reset", per_try_timeout: 250ms, status_codes: [409, 429], backoff: 10ms }
                request_headers: { set: { x-from: mesh }, add: { x-hop: 1 }, remove: x-debug }
                response_headers: { remove: [server, x-powered-by] }
              - prefix: /api/
                rewrite: { prefix: /, host: orders.internal }
                split: { v1: 90, v2: 10 }
          users:
            endpoints: []
            tls: true
            to: orders
        static_resources: { clusters: [], listeners: [], secrets: [] }
        resources:
          - { "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: audit, type: STATIC, load_assignment: { cluster_name: audit } }
        admin: { access_log_path: /dev/null }
        """;

    private static readonly JsonSchema Schema = new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root(), "src/Mesh.Client/mesh.schema.json"))).RootElement);

    /// <summary>Every object of the short form by its definition in the schema, with a text that has an unknown key in it.</summary>
    public static TheoryData<string, string> Objects { get; } = new()
    {
        { "service", "services: { a: { endpoints: [], zzz: 1 } }" },
        { "version", "services: { a: { to: v, versions: { v: { endpoints: [], zzz: 1 } } } }" },
        { "route", "services: { a: { endpoints: [], routes: [{ zzz: 1 }] } }" },
        { "headerMatcher", "services: { a: { endpoints: [], routes: [{ headers: { h: { exact: a, zzz: 1 } } }] } }" },
        { "rewrite", "services: { a: { endpoints: [], routes: [{ rewrite: { zzz: 1 } }] } }" },
        { "headerChanges", "services: { a: { endpoints: [], routes: [{ request_headers: { zzz: 1 } }] } }" },
        { "endpoint", "services: { a: { endpoints: [{ address: '127.0.0.1:1', zzz: 1 }] } }" },
        { "tlsSettings", "services: { a: { endpoints: [], tls: { zzz: 1 } } }" },
        { "retrySettings", "services: { a: { endpoints: [], retry: { zzz: 1 } } }" },
        { "staticResources", "static_resources: { zzz: [] }" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void PropertiesAreTheKeysTheReaderAsksFor(string definition, string yaml)
    {
        Assert.Equal(Allowed(yaml), Names(Schema.Definition(definition).GetProperty("properties")));
        Assert.Contains(Schema.Errors(Json(yaml)), error => error.Contains("anyOf", StringComparison.Ordinal) || error.EndsWith("/zzz: unknown", StringComparison.Ordinal));
    }

    /// <summary>Settings spell keys as they like; the reader of settings knows the spelling of each of these.</summary>
    [Fact]
    public void SettingsKnowItsKeys()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root(), "src/Mesh.Client/mesh.schema.json")));
        string[] ofResources = ["$schema", "@type", "resources", "static_resources", "staticResources", "listeners", "clusters", "secrets"];
        Assert.Equal(
            PropertyNames(schema.RootElement).Except(ofResources).Distinct().Order(StringComparer.Ordinal),
            Mesh.Sources.Settings.SettingsText.Keys.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> PropertyNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => PropertyNames(member.Value).Concat(
            member.Name == "properties" ? member.Value.EnumerateObject().Select(property => property.Name) : [])),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(PropertyNames),
        _ => [],
    };

    [Fact]
    public void NoClosedObjectIsLeftOut()
    {
        IEnumerable<string> closed = Schema.Root.GetProperty("$defs").EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind == JsonValueKind.False)
            .Select(definition => definition.Name);
        Assert.Equal(Objects.Select(row => (string)row[0]).Order(StringComparer.Ordinal), closed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TopLevelIsWhatTheReaderKnows()
    {
        string[] read = [.. Allowed("zzz: 1"), "$schema", "staticResources"];
        Assert.Equal(read.Order(StringComparer.Ordinal), Names(Schema.Root.GetProperty("properties")));

        string pattern = Schema.Root.GetProperty("patternProperties").EnumerateObject().Single().Name;
        IEnumerable<string> bootstrap = Bootstrap.Descriptor.Fields.InDeclarationOrder()
            .Where(field => field.Name != "static_resources")
            .SelectMany(field => new[] { field.Name, field.JsonName }.Distinct(StringComparer.Ordinal));
        Assert.Equal($"^({string.Join('|', bootstrap)})$", pattern);
    }

    [Theory]
    [InlineData("services: { a: { endpoints: [], protocol: zzz } }", "protocol")]
    [InlineData("services: { a: { endpoints: [{ address: 'a:1', health: zzz }] } }", "endpoint.health")]
    [InlineData("services: { a: { endpoints: [], retry: { on: zzz } } }", "retryCondition")]
    public void EnumsAreTheValuesTheReaderAllows(string yaml, string place)
    {
        string[] path = place.Split('.');
        JsonElement schema = Schema.Definition(path[0]);
        if (path.Length > 1)
            schema = schema.GetProperty("properties").GetProperty(path[1]);
        Assert.Equal(Allowed(yaml), schema.GetProperty("enum").EnumerateArray().Select(value => value.GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("timeout", "250ms")]
    [InlineData("timeout", "1.5s")]
    [InlineData("timeout", ".5h")]
    [InlineData("timeout", "2.m")]
    [InlineData("timeout", "0s")]
    [InlineData("endpoints", "127.0.0.1:5001")]
    [InlineData("endpoints", "[::1]:5001")]
    [InlineData("endpoints", "orders-2.internal:80")]
    [InlineData("endpoints", "unix:/run/a b.sock")]
    public void BothTake(string key, string value)
    {
        Assert.Empty(ReaderErrors(Service(key, value)));
        Assert.Empty(Schema.Errors(Json(Service(key, value))));
    }

    [Theory]
    [InlineData("timeout", "2")]
    [InlineData("timeout", "s")]
    [InlineData("timeout", "-1s")]
    [InlineData("timeout", "1,5s")]
    [InlineData("timeout", "1 s")]
    [InlineData("timeout", "1d")]
    [InlineData("timeout", "1S")]
    [InlineData("endpoints", "127.0.0.1")]
    [InlineData("endpoints", "::1:5001")]
    [InlineData("endpoints", ":5001")]
    [InlineData("endpoints", "http://orders:80")]
    [InlineData("endpoints", "orders:port")]
    [InlineData("endpoints", "unix:")]
    public void BothRefuse(string key, string value)
    {
        Assert.NotEmpty(ReaderErrors(Service(key, value)));
        Assert.NotEmpty(Schema.Errors(Json(Service(key, value))));
    }

    [Theory]
    [InlineData("services: { a: { endpoints: [], to: x, split: { y: 1 } } }")]
    [InlineData("services: { a: { endpoints: [], routes: [{ path: /a, prefix: /b }] } }")]
    [InlineData("services: { a: { endpoints: [], tls: { cert: c.pem } } }")]
    [InlineData("services: { a: { endpoints: [], tls: false } }")]
    [InlineData("services: { a: { endpoints: [], retry: 101 } }")]
    [InlineData("services: { a: { endpoints: [], retry: { status_codes: 600 } } }")]
    [InlineData("services: { a: { endpoints: [], split: { y: -1 } } }")]
    [InlineData("services: { a: { endpoints: [], allow_plaintext: maybe } }")]
    [InlineData("services: { a: { endpoints: '127.0.0.1:1' } }")]
    [InlineData("services: { a: { endpoints: [{ priority: 1 }] } }")]
    [InlineData("services: { a: { endpoints: [{ address: 'a:1', priority: 129 }] } }")]
    [InlineData("services: { a: { to: v, versions: { v: {} } } }")]
    [InlineData("services: []")]
    [InlineData("resources: [{ name: a }]")]
    [InlineData("resources: {}")]
    [InlineData("static_resources: []")]
    public void BothRefuseDocument(string yaml)
    {
        Assert.NotEmpty(ReaderErrors(yaml));
        Assert.NotEmpty(Schema.Errors(Json(yaml)));
    }

    [Fact]
    public void ExampleOfEveryKeyIsValid()
    {
        Assert.Empty(ReaderErrors(Example));
        Assert.Empty(Schema.Errors(Json(Example)));
    }

    [Fact]
    public void ShippedExamplesAreValid()
    {
        string samples = Path.Combine(Root(), "samples");
        string[] files = Directory.Exists(samples) ? Directory.GetFiles(samples, "mesh*", SearchOption.AllDirectories) : [];
        IEnumerable<string> errors = files
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json" && !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .SelectMany(file => Schema.Errors(Json(File.ReadAllText(file))).Select(error => $"{file}: {error}"));
        Assert.True(!errors.Any(), string.Join('\n', errors));
    }

    private static string Service(string key, string value) => key == "endpoints"
        ? $"services: {{ a: {{ endpoints: ['{value}'] }} }}"
        : $"services: {{ a: {{ endpoints: [], {key}: '{value}' }} }}";

    /// <summary>The names that the reader's one error says are allowed.</summary>
    private static IEnumerable<string> Allowed(string yaml)
    {
        string list = AllowedList().Match(Assert.Single(ReaderErrors(yaml))).Groups["list"].Value;
        return list.Split([", ", " and "], StringSplitOptions.None).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(JsonElement properties) => properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);

    private static List<string> ReaderErrors(string yaml)
    {
        var services = new ShortFormServices();
        var set = new ResourceSet();
        List<ResourceError> findings = [.. new ConfigurationDocument(set, services, new DocumentSettings()).Read(Encoding.UTF8.GetBytes(yaml), yaml: true, null, ".")];
        var errors = new ErrorCollector();
        services.Complete(set, errors);
        return [.. findings.Concat(errors.Items).Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())];
    }

    private static JsonElement Json(string yaml)
    {
        Assert.Null(YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out ReadOnlySpan<byte> json, maxDepth: 100));
        return JsonDocument.Parse(json.ToArray()).RootElement;
    }

    /// <summary>The top of the source tree: above the binaries, or above this file where they lie elsewhere.</summary>
    private static string Root([CallerFilePath] string file = "") =>
        new[] { AppContext.BaseDirectory, Path.GetDirectoryName(file)! }
            .SelectMany(start => Above(new DirectoryInfo(start)))
            .First(folder => File.Exists(Path.Combine(folder, "Mesh.Sdk.sln")));

    private static IEnumerable<string> Above(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }

    [GeneratedRegex(@"[Aa]llowed are (?<list>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex AllowedList();
}
