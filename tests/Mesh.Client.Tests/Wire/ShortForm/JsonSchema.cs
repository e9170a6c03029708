using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mesh.Client.Tests.Wire.ShortForm;

/// <summary>As much of JSON Schema 2020-12 as the schema of the short form uses; any other keyword is an exception, never ignored.</summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description"];

    public JsonElement Root => root;

    public JsonElement Definition(string name) => root.GetProperty("$defs").GetProperty(name);

    /// <summary>What is wrong with a document, each with its path; empty when it is valid.</summary>
    public IReadOnlyList<string> Errors(JsonElement document) => [.. Errors(root, document, "")];

    private bool Accepts(JsonElement schema, JsonElement value) => !Errors(schema, value, "").Any();

    private IEnumerable<string> Errors(JsonElement schema, JsonElement value, string path) =>
        schema.EnumerateObject()
            .Where(keyword => !Annotations.Contains(keyword.Name, StringComparer.Ordinal))
            .SelectMany(keyword => Errors(schema, keyword, value, path));

    private IEnumerable<string> Errors(JsonElement schema, JsonProperty keyword, JsonElement value, string path)
    {
        JsonElement rule = keyword.Value;
        switch (keyword.Name)
        {
            case "$ref":
                return Errors(Definition(rule.GetString()!["#/$defs/".Length..]), value, path);
            case "allOf":
                return rule.EnumerateArray().SelectMany(part => Errors(part, value, path));
            case "properties" when value.ValueKind == JsonValueKind.Object:
                return rule.EnumerateObject()
                    .Where(property => value.TryGetProperty(property.Name, out _))
                    .SelectMany(property => Errors(property.Value, value.GetProperty(property.Name), $"{path}/{property.Name}"));
            case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                return Others(schema, value).SelectMany(other => rule.ValueKind == JsonValueKind.False
                    ? [$"{path}/{other.Name}: unknown"]
                    : Errors(rule, other.Value, $"{path}/{other.Name}"));
            case "items" when value.ValueKind == JsonValueKind.Array:
                return value.EnumerateArray().SelectMany((item, i) => Errors(rule, item, $"{path}/{i}"));
            case "properties" or "additionalProperties" or "items":
                return [];
            default:
                return Holds(keyword, value) ? [] : [$"{path}: {keyword.Name} {rule.GetRawText()}"];
        }
    }

    private bool Holds(JsonProperty keyword, JsonElement value)
    {
        JsonElement rule = keyword.Value;
        return keyword.Name switch
        {
            "type" => Texts(rule).Any(type => IsOf(type, value)),
            "const" => JsonElement.DeepEquals(rule, value),
            "enum" => rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.CultureInvariant),
            "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32(),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal(),
            "required" => value.ValueKind != JsonValueKind.Object || HasAll(value, rule),
            "dependentRequired" => value.ValueKind != JsonValueKind.Object
                || rule.EnumerateObject().All(entry => !value.TryGetProperty(entry.Name, out _) || HasAll(value, entry.Value)),
            // What these describe is checked as part of additionalProperties; their values are free.
            "patternProperties" => true,
            "anyOf" => rule.EnumerateArray().Any(part => Accepts(part, value)),
            "oneOf" => rule.EnumerateArray().Count(part => Accepts(part, value)) == 1,
            "not" => !Accepts(rule, value),
            _ => throw new NotSupportedException($"the keyword '{keyword.Name}'"),
        };
    }

    /// <summary>The members that neither <c>properties</c> nor <c>patternProperties</c> of the same schema describe.</summary>
    private static IEnumerable<JsonProperty> Others(JsonElement schema, JsonElement value)
    {
        string[] known = schema.TryGetProperty("properties", out JsonElement properties) ? [.. properties.EnumerateObject().Select(p => p.Name)] : [];
        string[] patterns = schema.TryGetProperty("patternProperties", out JsonElement all) ? [.. all.EnumerateObject().Select(p => p.Name)] : [];
        return value.EnumerateObject().Where(member =>
            !known.Contains(member.Name, StringComparer.Ordinal) && !patterns.Any(pattern => Regex.IsMatch(member.Name, pattern, RegexOptions.CultureInvariant)));
    }

    private static bool HasAll(JsonElement value, JsonElement names) => Texts(names).All(name => value.TryGetProperty(name, out _));

    private static IEnumerable<string> Texts(JsonElement oneOrMore) =>
        oneOrMore.ValueKind == JsonValueKind.Array ? oneOrMore.EnumerateArray().Select(item => item.GetString()!) : [oneOrMore.GetString()!];

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        _ => throw new NotSupportedException($"the type '{type}'"),
    };
}
