using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>gRPC's two variables: the file wins, and a bad one is not helped by the other.</summary>
public sealed class BootstrapLookupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-bootstrap").FullName;
    private readonly Dictionary<string, string?> _variables = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void NothingIsSet()
    {
        Assert.Null(Find());
        _variables["GRPC_XDS_BOOTSTRAP"] = _variables["GRPC_XDS_BOOTSTRAP_CONFIG"] = "";
        Assert.Null(Find());
    }

    [Fact]
    public void TheFileWins()
    {
        _variables["GRPC_XDS_BOOTSTRAP"] = File("b.json", BootstrapText.With("\"node\":{\"id\":\"file\"}"));
        _variables["GRPC_XDS_BOOTSTRAP_CONFIG"] = BootstrapText.With("\"node\":{\"id\":\"text\"}");
        Assert.Equal("file", Find()?.Bootstrap?.Node.Id);
        _variables["GRPC_XDS_BOOTSTRAP"] = null;
        Assert.Equal("text", Find()?.Bootstrap?.Node.Id);
    }

    [Fact]
    public void ABadFileIsNotHelpedByTheText()
    {
        string file = File("b.json", "{\n}");
        _variables["GRPC_XDS_BOOTSTRAP"] = file;
        _variables["GRPC_XDS_BOOTSTRAP_CONFIG"] = BootstrapText.Servers + "}";
        Assert.Equal($"{file}:1:1: GRPC_XDS_BOOTSTRAP: xds_servers: is missing or empty; at least one server is needed", Error());
        _variables["GRPC_XDS_BOOTSTRAP"] = Path.Combine(_folder, "none.json");
        Assert.Equal($"{_folder}/none.json: GRPC_XDS_BOOTSTRAP: the file does not exist", Error());
        _variables["GRPC_XDS_BOOTSTRAP"] = _folder;
        Assert.StartsWith($"{_folder}: GRPC_XDS_BOOTSTRAP: the file cannot be read: ", Error(), StringComparison.Ordinal);
        _variables["GRPC_XDS_BOOTSTRAP"] = "a\0b";
        Assert.StartsWith("a\0b: GRPC_XDS_BOOTSTRAP: the file cannot be read: ", Error(), StringComparison.Ordinal);
    }

    /// <summary>A device tells no length.</summary>
    [Fact]
    public void AFileWithoutEndIsTooLarge()
    {
        if (!System.IO.File.Exists("/dev/zero"))
            return;
        _variables["GRPC_XDS_BOOTSTRAP"] = "/dev/zero";
        Assert.Equal("/dev/zero: GRPC_XDS_BOOTSTRAP: the file is larger than the 67108864 bytes allowed", Error());
    }

    [Fact]
    public void ErrorsOfTheTextNameItsVariable()
    {
        _variables["GRPC_XDS_BOOTSTRAP_CONFIG"] = "{\"xds_servers\": 1}";
        Assert.Equal("1:2: GRPC_XDS_BOOTSTRAP_CONFIG: xds_servers: expected a list, found 1", Error());
    }

    /// <summary>Where grpc-go has read the variables before a program can set them.</summary>
    [Fact]
    public void VariablesAreReadWhenAsked()
    {
        var lookup = new BootstrapLookup(_variables.GetValueOrDefault);
        Assert.Null(lookup.Find());
        _variables["GRPC_XDS_BOOTSTRAP_CONFIG"] = BootstrapText.Servers + "}";
        Assert.NotNull(lookup.Find()?.Bootstrap);
    }

    private BootstrapReading? Find() => new BootstrapLookup(_variables.GetValueOrDefault).Find();

    private string Error()
    {
        BootstrapReading? reading = Find();
        Assert.NotNull(reading);
        Assert.Null(reading.Bootstrap);
        ResourceError error = Assert.Single(reading.Findings);
        Assert.Equal(Severity.Error, error.Severity);
        return error.ToString();
    }

    private string File(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
