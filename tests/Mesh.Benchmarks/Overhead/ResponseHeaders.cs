namespace Mesh.Benchmarks.Overhead;

/// <summary>With date, content type and content length these make the ten headers of a response.</summary>
internal static class ResponseHeaders
{
    public const string Value = "0123456789abcdef";

    public static readonly string[] Names = ["x-one", "x-two", "x-three", "x-four", "x-five", "x-six", "x-seven"];
}
