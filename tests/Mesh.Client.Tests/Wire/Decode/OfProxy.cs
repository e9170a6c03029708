using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Reads resources as those of a control plane that writes for proxies (<see cref="DecoderSettings.ForProxy"/>).</summary>
internal static class OfProxy
{
    /// <summary>The resources, without a single error; and none of the text's own mistakes.</summary>
    public static ResourceSet Accept(string yaml)
    {
        Decoded decoded = Read(yaml);
        Assert.DoesNotContain(decoded.Findings, finding => finding.Severity == Severity.Error);
        return decoded.Set;
    }

    public static Decoded Read(string yaml) => Decoded.Read(
        Encoding.UTF8.GetBytes(yaml), yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { ForProxy = true } });
}
