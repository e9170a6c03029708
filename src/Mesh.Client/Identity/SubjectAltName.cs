using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Resources;

namespace Mesh.Identity;

/// <summary>One subject alternative name of a certificate (RFC 5280, 4.2.1.6).</summary>
internal readonly record struct SubjectAltName(SanType Type, string Value)
{
    private const string ExtensionOid = "2.5.29.17";

    /// <summary>The names of a certificate, of the kinds that can be matched; a malformed extension holds none.</summary>
    public static List<SubjectAltName> Of(X509Certificate2 certificate)
    {
        var names = new List<SubjectAltName>();
        if (certificate.Extensions[ExtensionOid] is not { } extension)
            return names;
        try
        {
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
            AsnReader sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            while (sequence.HasData)
            {
                Asn1Tag tag = sequence.PeekTag();
                switch (tag.TagValue)
                {
                    case 1: names.Add(new SubjectAltName(SanType.Email, sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag))); break;
                    case 2: names.Add(new SubjectAltName(SanType.Dns, sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag))); break;
                    case 6: names.Add(new SubjectAltName(SanType.Uri, sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag))); break;
                    case 7: names.Add(new SubjectAltName(SanType.IpAddress, new IPAddress(sequence.ReadOctetString(tag)).ToString())); break;
                    default: sequence.ReadEncodedValue(); break;
                }
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException)
        {
            names.Clear();
        }

        return names;
    }

    public override string ToString() => $"{Type}:{Value}";
}
