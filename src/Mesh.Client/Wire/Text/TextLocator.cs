using System.Text;
using System.Text.Json;
using Mesh.Resources;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mesh.Wire.Text;

/// <summary>
/// Finds where paths stand in a JSON or YAML text by reading it again, once for all of them. Reading keeps no positions,
/// so a text without findings pays nothing for them.
/// </summary>
internal static class TextLocator
{
    /// <summary>The position of a path, or of the deepest part of it that is there; null when the text cannot be read.</summary>
    public static TextPosition? Find(ReadOnlySpan<byte> text, bool yaml, string documentPath)
    {
        var root = new PathNode();
        List<PathNode> nodes = root.Add(documentPath);
        Walk(text, yaml, root);
        return Deepest(nodes);
    }

    /// <summary>The findings with the positions of those that have a document path and no position yet.</summary>
    public static IReadOnlyList<ResourceError> Locate(ReadOnlySpan<byte> text, bool yaml, IReadOnlyList<ResourceError> findings)
    {
        var root = new PathNode();
        var located = new ResourceError[findings.Count];
        var nodes = new List<PathNode>?[findings.Count];
        for (int i = 0; i < findings.Count; i++)
        {
            if (findings[i] is { DocumentPath: { } path, Position: null })
                nodes[i] = root.Add(path);
        }

        if (Array.Exists(nodes, along => along is not null))
            Walk(text, yaml, root);
        for (int i = 0; i < findings.Count; i++)
            located[i] = nodes[i] is { } along ? findings[i] with { Position = Deepest(along) } : findings[i];
        return located;
    }

    private static TextPosition? Deepest(List<PathNode> nodes) => nodes.FindLast(node => node.Position is not null)?.Position;

    private static void Walk(ReadOnlySpan<byte> text, bool yaml, PathNode root)
    {
        text = Utf8Check.WithoutByteOrderMark(text);
        try
        {
            if (yaml)
                new YamlWalk(new Parser(new Scanner(new StringReader(Encoding.UTF8.GetString(text)), skipComments: true))).Walk(root);
            else
                new JsonWalk(text).Walk(root);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The text broke off somewhere, and its reader has said so; what was found before stays found.
        }
    }

    private ref struct JsonWalk(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private Utf8JsonReader _reader = new(text, JsonTranscoder.ReaderOptions);
        private int _counted;
        private int _line = 1;
        private int _column = 1;

        public void Walk(PathNode root)
        {
            _reader.Read();
            root.Position = Here();
            WalkValue(root);
        }

        private void WalkValue(PathNode node)
        {
            if (_reader.TokenType == JsonTokenType.StartObject && node.HasMembers)
            {
                while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
                {
                    PathNode? member = node.Member(Encoding.UTF8.GetString(_reader.ValueSpan));
                    Visit(member, isMember: true);
                }
            }
            else if (_reader.TokenType == JsonTokenType.StartArray && node.HasItems)
            {
                for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
                    Visit(node.Item(i), isMember: false);
            }
            else
            {
                _reader.Skip();
            }
        }

        private void Visit(PathNode? node, bool isMember)
        {
            if (node is not null)
                node.Position = Here();
            if (isMember)
                _reader.Read();
            if (node is not null)
                WalkValue(node);
            else
                _reader.Skip();
        }

        // Asked for in the order of the text, so each byte is counted once.
        private TextPosition Here()
        {
            ReadOnlySpan<byte> passed = _text[_counted..(int)_reader.TokenStartIndex];
            _counted += passed.Length;
            if (passed.LastIndexOf((byte)'\n') is var newline and >= 0)
            {
                _line += passed.Count((byte)'\n');
                _column = 1;
                passed = passed[(newline + 1)..];
            }

            _column += Encoding.UTF8.GetCharCount(passed);
            return new TextPosition(_line, _column);
        }
    }

    private readonly struct YamlWalk(Parser parser)
    {
        public void Walk(PathNode root)
        {
            while (parser.MoveNext() && parser.Current is StreamStart or DocumentStart)
            {
            }

            root.Position = Here();
            WalkValue(root);
        }

        private void WalkValue(PathNode node)
        {
            if (parser.Current is MappingStart && node.HasMembers)
            {
                while (parser.MoveNext() && parser.Current is not MappingEnd)
                {
                    PathNode? member = parser.Current is Scalar key ? node.Member(key.Value) : null;
                    Visit(member, isMember: true);
                }
            }
            else if (parser.Current is SequenceStart && node.HasItems)
            {
                for (int i = 0; parser.MoveNext() && parser.Current is not SequenceEnd; i++)
                    Visit(node.Item(i), isMember: false);
            }
            else
            {
                Skip();
            }
        }

        private void Visit(PathNode? node, bool isMember)
        {
            if (node is not null)
                node.Position = Here();
            if (isMember)
            {
                Skip();
                parser.MoveNext();
            }

            if (node is not null)
                WalkValue(node);
            else
                Skip();
        }

        private void Skip()
        {
            int depth = 0;
            do
                depth += parser.Current!.NestingIncrease;
            while (depth > 0 && parser.MoveNext());
        }

        private TextPosition Here() => new((int)parser.Current!.Start.Line, (int)parser.Current.Start.Column);
    }
}
