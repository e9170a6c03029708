using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>Texts that may hold variables (<c>%REQ(x-user)%</c>).</summary>
internal static class FormatDecoder
{
    /// <summary>The format; null after reporting what is wrong. A variable that only a proxy has a value for is reported.</summary>
    public static SubstitutionFormat? Decode(string text, string field, ErrorCollector errors)
    {
        if (SubstitutionFormat.Parse(text, out string error) is not { } format)
        {
            errors.Error(field, error);
            return null;
        }

        foreach (string variable in format.WithoutValue)
            errors.Warning(field, $"%{variable}% has no value in a client: it yields nothing");
        return format;
    }
}
