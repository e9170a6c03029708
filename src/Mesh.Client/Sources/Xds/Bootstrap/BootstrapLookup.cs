using System.Text;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// Finds the bootstrap where gRPC finds it: the file that one variable names, else the text that is in another. A file that is bad is an
/// error and the text is not looked at. grpc-go reads the variables once, before a program could set them; here they are read when asked.
/// </summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
internal sealed class BootstrapLookup(Func<string, string?> environment)
{
    public const string FileVariable = "GRPC_XDS_BOOTSTRAP";
    public const string TextVariable = "GRPC_XDS_BOOTSTRAP_CONFIG";

    /// <summary>The bootstrap, or what is wrong with it; null when neither variable is set.</summary>
    public BootstrapReading? Find()
    {
        // gRPC takes a variable that is empty for one that is not set.
        if (environment(FileVariable) is { Length: > 0 } file)
            return ReadFile(file, FileVariable);
        if (environment(TextVariable) is { Length: > 0 } text)
            return BootstrapReader.Read(Encoding.UTF8.GetBytes(text), TextVariable);
        return null;
    }

    /// <summary>The bootstrap of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="owner">What named it, for the findings.</param>
    public static BootstrapReading ReadFile(string file, string owner)
    {
        var (bytes, error) = BoundedFile.Read(file, BootstrapReader.MaxBytes);
        return bytes is not null
            ? BootstrapReader.Read(bytes, owner, file)
            : new BootstrapReading(null, [new ResourceError(Severity.Error, owner, "", $"the file {error}") { File = file }]);
    }
}
