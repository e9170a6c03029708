using System.Text;
using Mesh.Resources;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mesh.Wire.Text;

/// <summary>
/// Turns one YAML document into JSON, so that only one reader has to know about messages. Aliases are expanded and merge
/// keys applied; the JSON is written as the events come, there is no tree in between.
/// </summary>
/// <remarks>The first mistake ends it: behind broken YAML nothing can be said for sure.</remarks>
internal sealed class YamlToJson
{
    public const int DefaultMaxDepth = 100;

    // Honest text grows little on its way to JSON. What grows sixteenfold is made of aliases of aliases.
    private const int MaxGrowth = 16;
    private const int AlwaysAllowed = 1 << 20;
    private const int NeverAllowed = 1 << 28;

    private readonly Parser _parser;
    private readonly int _maxDepth;
    private readonly int _maxLength;
    private readonly WireBuffer _json;
    private readonly Dictionary<string, Range> _anchors = new(StringComparer.Ordinal);
    private int _openMerges;
    private long _copied;

    private YamlToJson(string yaml, int maxDepth)
    {
        _parser = new Parser(new Scanner(new StringReader(yaml), skipComments: true));
        _maxDepth = maxDepth;
        _maxLength = (int)Math.Min(AlwaysAllowed + MaxGrowth * (long)yaml.Length, NeverAllowed);
        _json = new WireBuffer(yaml.Length + yaml.Length / 4);
    }

    /// <summary>Converts one document; an empty one is <c>null</c>.</summary>
    /// <returns>What is wrong and where, or null.</returns>
    public static ResourceError? Convert(ReadOnlySpan<byte> yaml, out ReadOnlySpan<byte> json, int maxDepth = DefaultMaxDepth)
    {
        json = default;
        if (Utf8Check.Find(yaml) is { } notUtf8)
            return notUtf8;
        if (yaml.IndexOf((byte)0) is var nul and >= 0) // where the scanner would take the text to end
            return SyntaxErrors.At(SyntaxErrors.PositionOf(yaml, nul), "a NUL character is no text");

        var converter = new YamlToJson(Encoding.UTF8.GetString(Utf8Check.WithoutByteOrderMark(yaml)), maxDepth);
        try
        {
            converter.WriteDocument();
        }
        catch (YamlException exception)
        {
            return SyntaxErrors.At(PositionOf(exception.Start), exception.Message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The parser is known to throw other things on hostile input, an index out of range among them.
            Mark mark = converter._parser.Current?.End ?? Mark.Empty;
            return SyntaxErrors.At(PositionOf(mark), $"this is no YAML: {exception.Message}");
        }

        json = converter._json.Written;
        return null;
    }

    private static TextPosition PositionOf(Mark mark) => new((int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));

    private void WriteDocument()
    {
        Next(); // stream start
        if (Next() is StreamEnd)
        {
            _json.Write("null"u8);
            return;
        }

        Next();
        WriteNode(depth: 0);
        Next(); // document end
        if (Next() is DocumentStart second)
            throw Error(second, "a second document begins: one file holds one");
    }

    private ParsingEvent Next() => _parser.MoveNext() ? _parser.Current! : throw Error(_parser.Current!, "the document ends early");

    /// <summary>Writes the node whose first event is current; leaves its last one current.</summary>
    private void WriteNode(int depth)
    {
        int start = _json.Length;
        ParsingEvent node = _parser.Current!;
        if (depth > _maxDepth)
            throw Error(node, $"nested deeper than {_maxDepth}");

        switch (node)
        {
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value.Value, out Range range))
                    throw Error(alias, $"alias '*{alias.Value}' has no anchor before it, or stands inside it");
                Count(range.End.Value - range.Start.Value, alias);
                _json.Write(_json.Written[range]);
                break;
            case Scalar scalar:
                WriteScalar(scalar);
                break;
            case SequenceStart sequence:
                CheckTag(sequence, "tag:yaml.org,2002:seq");
                WriteSequence(depth);
                break;
            case MappingStart mapping:
                CheckTag(mapping, "tag:yaml.org,2002:map");
                WriteMapping(depth);
                break;
        }

        if (_json.Length > _maxLength)
            throw Error(node, "the aliases in this document expand to too much");
        if (node is NodeEvent { Anchor.IsEmpty: false } named)
        {
            if (_openMerges > 0)
                throw Error(node, $"anchor '&{named.Anchor}' stands in the value of '<<'");
            _anchors[named.Anchor.Value] = start.._json.Length;
        }
    }

    private void WriteSequence(int depth)
    {
        _json.Write("["u8);
        for (bool first = true; Next() is not SequenceEnd; first = false)
        {
            if (!first)
                _json.Write(","u8);
            WriteNode(depth + 1);
        }

        _json.Write("]"u8);
    }

    private void WriteMapping(int depth)
    {
        var members = new YamlMembers(_json);
        _json.Write("{"u8);
        while (Next() is var key and not MappingEnd)
        {
            if (key is not Scalar name)
                throw Error(key, "a key must be a plain or quoted text");
            if (name is { Value: "<<", Style: ScalarStyle.Plain })
            {
                ReadMerge(name, members, depth);
                continue;
            }

            if (!members.TryBegin(name.Value))
                throw Error(name, $"'{Excerpt.Of(Encoding.UTF8.GetBytes(name.Value))}' is set twice");
            int start = _json.Length;
            CheckTag(name, "tag:yaml.org,2002:str");
            JsonText.Write(_json, name.Value);
            if (!name.Anchor.IsEmpty)
                _anchors[name.Anchor.Value] = start.._json.Length;
            _json.Write(":"u8);
            Next();
            WriteNode(depth + 1);
        }

        members.WriteMerged();
        _json.Write("}"u8);
    }

    // Explicit keys win wherever they stand, so what is merged waits for the end of the mapping.
    private void ReadMerge(Scalar key, YamlMembers members, int depth)
    {
        int start = _json.Length;
        _openMerges++;
        Next();
        WriteNode(depth + 1);
        _openMerges--;
        byte[] merged = _json.Written[start..].ToArray();
        Count(merged.Length, key);
        _json.Truncate(start);
        if (!members.TryMerge(merged))
            throw Error(key, "'<<' stands once in a mapping, and its value is a mapping or a list of mappings");
    }

    /// <summary>What is copied counts also where it is overridden and leaves nothing behind.</summary>
    private void Count(int length, ParsingEvent node)
    {
        _copied += length;
        if (_copied > _maxLength)
            throw Error(node, "the aliases in this document expand to too much");
    }

    private void WriteScalar(Scalar scalar)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        bool isText = tag is "!" or "tag:yaml.org,2002:str" || (tag.Length == 0 && scalar.Style != ScalarStyle.Plain);
        string? literal;
        try
        {
            literal = isText ? null : YamlCoreSchema.Resolve(scalar.Value);
        }
        catch (FormatException exception)
        {
            throw Error(scalar, exception.Message);
        }

        bool fits = tag switch
        {
            "" or "!" or "tag:yaml.org,2002:str" => true,
            "tag:yaml.org,2002:null" => literal is "null",
            "tag:yaml.org,2002:bool" => literal is "true" or "false",
            "tag:yaml.org,2002:int" => literal is not null && literal.All(c => char.IsAsciiDigit(c) || c == '-'),
            "tag:yaml.org,2002:float" => literal is not (null or "null" or "true" or "false"),
            _ => throw Error(scalar, $"tag '{tag}' is not known here"),
        };
        if (!fits)
            throw Error(scalar, $"the text does not fit its tag '{tag}'");

        if (literal is null)
            JsonText.Write(_json, scalar.Value);
        else
            JsonText.WriteLiteral(_json, literal);
    }

    private static void CheckTag(NodeEvent node, string allowed)
    {
        if (!node.Tag.IsEmpty && node.Tag.Value is not "!" && !node.Tag.Value.Equals(allowed, StringComparison.Ordinal))
            throw Error(node, $"tag '{node.Tag.Value}' is not known here");
    }

    private static YamlException Error(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
