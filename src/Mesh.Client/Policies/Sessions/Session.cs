using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Policies.Sessions;

/// <summary>
/// A session that stays on the endpoint that began it (<c>StatefulSession</c>, gRFC A55), ready to run. What carries it is the endpoint's address in
/// base64; in a cookie within a message, as Envoy writes it: <c>{ string address = 1; uint64 expires = 2; }</c>.
/// </summary>
internal sealed class Session(StatefulSessionResource resource)
{
    private const int MaxLength = 1024;
    private const int MaxShortLength = 127;
    private const byte AddressTag = 0x0A, ExpiresTag = 0x10;

    /// <summary>A session whose endpoint cannot be used fails, and does not move.</summary>
    public bool Strict => resource.Strict;

    /// <summary>Whether requests of a path have sessions: the cookie's own path, and all below it.</summary>
    public bool Concerns(in RequestView request)
    {
        string path = resource.CookiePath;
        ReadOnlySpan<char> own = request.PathOnly;
        return path.Length == 0 || (own.StartsWith(path, StringComparison.Ordinal) && (own.Length == path.Length || path[^1] == '/' || own[path.Length] is '/'));
    }

    /// <summary>The address of a request's session; null where it has none, it cannot be read, or it has expired.</summary>
    public string? AddressOf(in RequestView request, DateTimeOffset now)
    {
        if (resource.ByHeader)
            return request.Find(resource.Name) is { Length: <= MaxLength } header && Decode(header) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        if (!RequestValues.TryFindCookie(request, resource.Name, out ReadOnlySpan<char> cookie) || cookie.Length > MaxLength || Decode(cookie) is not { Length: > 0 } value)
            return null;
        if (value[0] == AddressTag)
            return OfMessage(value, now);

        // Earlier versions of Envoy, and gRPC, which puts the cluster behind it.
        string text = Encoding.UTF8.GetString(value);
        int end = text.IndexOf(';', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    /// <summary>Tells the caller the endpoint of its session.</summary>
    public void AddTo(HttpResponseMessage response, string address, DateTimeOffset now)
    {
        if (resource.ByHeader)
        {
            response.Headers.Remove(resource.Name);
            response.Headers.TryAddWithoutValidation(resource.Name, Convert.ToBase64String(Encoding.UTF8.GetBytes(address)));
            return;
        }

        long age = (long)resource.CookieTtl.TotalSeconds;
        string attributes = string.Concat(resource.CookieAttributes.Select(each => each.Value.Length > 0 ? $"; {each.Key}={each.Value}" : $"; {each.Key}"));
        response.Headers.TryAddWithoutValidation(
            "Set-Cookie",
            $"{resource.Name}=\"{Convert.ToBase64String(ToMessage(address, age > 0 ? now.ToUnixTimeSeconds() + age : 0))}\"{(age > 0 ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={age}") : "")}{(resource.CookiePath.Length > 0 ? $"; Path={resource.CookiePath}" : "")}{attributes}; HttpOnly");
    }

    public override string ToString() => $"session by {(resource.ByHeader ? "header" : "cookie")} {resource.Name}{(resource.CookiePath.Length > 0 ? $" below {resource.CookiePath}" : "")}{(Strict ? ", strict" : "")}";

    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64Chars(text, bytes, out int length) ? bytes[..length] : null;
    }

    private static string? OfMessage(ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        if (message.Length < 2 || message[1] > MaxShortLength || message.Length < 2 + message[1])
            return null;
        string address = Encoding.UTF8.GetString(message.Slice(2, message[1]));
        ReadOnlySpan<byte> rest = message[(2 + message[1])..];
        if (rest.IsEmpty)
            return address;
        ulong expires = 0;
        int shift = 0;
        if (rest[0] != ExpiresTag)
            return null;
        foreach (byte part in rest[1..])
        {
            if (shift > 56)
                return null;
            expires |= (ulong)(part & 0x7F) << shift;
            shift += 7;
        }

        return expires == 0 || expires >= (ulong)Math.Max(now.ToUnixTimeSeconds(), 0) ? address : null;
    }

    private static byte[] ToMessage(string address, long expires)
    {
        byte[] text = Encoding.UTF8.GetBytes(address);
        if (text.Length > MaxShortLength)
            return text;
        using var message = new MemoryStream();
        message.WriteByte(AddressTag);
        message.WriteByte((byte)text.Length);
        message.Write(text);
        if (expires <= 0)
            return message.ToArray();
        message.WriteByte(ExpiresTag);
        for (; expires >= 0x80; expires >>= 7)
            message.WriteByte((byte)(expires | 0x80));
        message.WriteByte((byte)expires);
        return message.ToArray();
    }
}
