using System.Buffers;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RedirectAction</c> and <c>DirectResponseAction</c>.</summary>
internal static class LocalAnswerDecoder
{
    /// <summary>Envoy's default for <c>max_direct_response_body_size_bytes</c>.</summary>
    public const uint DefaultMaxBody = 4096;

    private static readonly SearchValues<char> ForbiddenInUrls = SearchValues.Create("\0\r\n \t");

    public static RedirectResource Decode(RedirectAction message, ErrorCollector errors)
    {
        foreach (var (field, value) in (ReadOnlySpan<(string, string)>)
            [("host_redirect", message.HostRedirect), ("path_redirect", message.PathRedirect), ("prefix_rewrite", message.PrefixRewrite), ("scheme_redirect", message.SchemeRedirect)])
        {
            if (value.AsSpan().ContainsAny(ForbiddenInUrls))
                errors.Error(field, "holds a space, tab, NUL, CR or LF, which no URL may");
        }

        if (message.PortRedirect > 65535)
            errors.Error("port_redirect", $"{message.PortRedirect} is no port; at most 65535 is");
        int? status = message.ResponseCode switch
        {
            RedirectAction.Types.RedirectResponseCode.MovedPermanently => 301,
            RedirectAction.Types.RedirectResponseCode.Found => 302,
            RedirectAction.Types.RedirectResponseCode.SeeOther => 303,
            RedirectAction.Types.RedirectResponseCode.TemporaryRedirect => 307,
            RedirectAction.Types.RedirectResponseCode.PermanentRedirect => 308,
            _ => null,
        };
        if (status is null)
            errors.Error("response_code", $"{(int)message.ResponseCode} is not known; allowed are 0 to 4");
        return new RedirectResource
        {
            HostRedirect = message.HostRedirect,
            PortRedirect = message.PortRedirect,
            SchemeRedirect = message.SchemeRewriteSpecifierCase == RedirectAction.SchemeRewriteSpecifierOneofCase.HttpsRedirect
                ? (message.HttpsRedirect ? "https" : "")
                : message.SchemeRedirect,
            PathRedirect = message.PathRedirect,
            PrefixRewrite = message.PrefixRewrite,
            RegexRewrite = RegexDecoder.Decode(message.RegexRewrite, "regex_rewrite", errors),
            StatusCode = status ?? 301,
            StripQuery = message.StripQuery,
        };
    }

    public static DirectResponseResource Decode(DirectResponseAction message, uint maxBody, string baseDirectory, ErrorCollector errors)
    {
        if (message.Status is < 200 or > 599)
            errors.Error("status", $"{message.Status} is not allowed; a status is from 200 to 599");
        byte[] body = [];
        if (message.Body is not null)
        {
            using (errors.At("body"))
                body = Read(message.Body, maxBody, baseDirectory, errors);
        }

        BodyFormatResource? format = null;
        if (message.BodyFormat is not null)
        {
            using (errors.At("body_format"))
                format = Decode(message.BodyFormat, maxBody, baseDirectory, errors);
        }

        return new DirectResponseResource((int)message.Status, body.ToValueList()) { Format = format };
    }

    private static BodyFormatResource? Decode(SubstitutionFormatString message, uint maxBody, string baseDirectory, ErrorCollector errors)
    {
        switch (message.FormatCase)
        {
            case SubstitutionFormatString.FormatOneofCase.TextFormat:
                FormatDecoder.Decode(message.TextFormat, "text_format", errors);
                return Text(message, message.TextFormat);
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource:
                using (errors.At("text_format_source"))
                {
                    string text = Encoding.UTF8.GetString(Read(message.TextFormatSource, maxBody, baseDirectory, errors));
                    FormatDecoder.Decode(text, "", errors);
                    return Text(message, text);
                }

            case SubstitutionFormatString.FormatOneofCase.JsonFormat:
                using (errors.At("json_format"))
                    Check(Value.ForStruct(message.JsonFormat), errors);
                return new BodyFormatResource(MetadataDecoder.Compact(message.JsonFormat), true, message.ContentType.Length > 0 ? message.ContentType : "application/json", message.OmitEmptyValues);
            default:
                errors.Error("a format is required: text_format, text_format_source or json_format");
                return null;
        }
    }

    private static BodyFormatResource Text(SubstitutionFormatString message, string text) =>
        new(text, false, message.ContentType.Length > 0 ? message.ContentType : "text/plain", message.OmitEmptyValues);

    private static void Check(Value value, ErrorCollector errors)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                FormatDecoder.Decode(value.StringValue, "", errors);
                break;
            case Value.KindOneofCase.StructValue:
                foreach (var (name, inner) in value.StructValue.Fields)
                {
                    using (errors.At("", name))
                        Check(inner, errors);
                }

                break;
            case Value.KindOneofCase.ListValue:
                for (int i = 0; i < value.ListValue.Values.Count; i++)
                {
                    using (errors.At("", i))
                        Check(value.ListValue.Values[i], errors);
                }

                break;
        }
    }

    private static byte[] Read(DataSource source, uint maxBody, string baseDirectory, ErrorCollector errors)
    {
        byte[] bytes;
        switch (source.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineString:
                bytes = Encoding.UTF8.GetBytes(source.InlineString);
                break;
            case DataSource.SpecifierOneofCase.InlineBytes:
                bytes = source.InlineBytes.ToByteArray();
                break;
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                bytes = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(source.EnvironmentVariable) ?? "");
                break;
            case DataSource.SpecifierOneofCase.Filename when source.Filename.Require("filename", errors):
                return ReadFile(Path.Combine(baseDirectory, source.Filename), maxBody, errors);
            default:
                errors.Error("required: filename, inline_bytes, inline_string or environment_variable");
                return [];
        }

        if (bytes.Length > maxBody)
            TooLong(bytes.Length, maxBody, errors);
        return bytes;
    }

    private static byte[] ReadFile(string path, uint maxBody, ErrorCollector errors)
    {
        try
        {
            // Asked before reading, so that a huge file costs no memory.
            long length = new FileInfo(path).Length;
            if (length <= maxBody)
                return File.ReadAllBytes(path);
            TooLong(length, maxBody, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            errors.Error("filename", $"'{path}' cannot be read: {e.Message}");
        }

        return [];
    }

    private static void TooLong(long length, uint maxBody, ErrorCollector errors) =>
        errors.Error($"{length} bytes; at most {maxBody} are allowed (max_direct_response_body_size_bytes)");
}
