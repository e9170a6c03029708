using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Resources;
using Mesh.Wire.Text;
using TypeRegistry = Mesh.Wire.Text.TypeRegistry;

namespace Mesh.Client.Tests.Wire.Text;

/// <summary>Reads a text the way a source does, and hands out what came of it.</summary>
internal static class Transcoding
{
    public static TypeRegistry Types { get; } = new(ShapesReflection.Descriptor);

    public static T Read<T>(string json)
        where T : IMessage<T>, new()
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Try(json, new T().Descriptor);
        Xunit.Assert.Empty(findings);
        return new MessageParser<T>(() => new T()).ParseFrom(wire);
    }

    public static IReadOnlyList<ResourceError> Errors(string json, MessageDescriptor message) => Try(json, message).Findings;

    public static (byte[] Wire, IReadOnlyList<ResourceError> Findings) Try(string json, MessageDescriptor message) =>
        Try(Encoding.UTF8.GetBytes(json), message, Types);

    public static (byte[] Wire, IReadOnlyList<ResourceError> Findings) Try(ReadOnlySpan<byte> json, MessageDescriptor message, TypeRegistry types)
    {
        var errors = new ErrorCollector();
        var output = new WireBuffer(16);
        new JsonTranscoder(types, output, errors).ReadDocument(json, MessageTable.For(message));
        return (output.Written.ToArray(), errors.Items);
    }
}
