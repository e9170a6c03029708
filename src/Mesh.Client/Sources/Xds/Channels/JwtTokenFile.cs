using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Mesh.Wire.Grpc;

namespace Mesh.Sources.Xds.Channels;

/// <summary>
/// A bearer token in a file (gRFC A97): kept until 30 s before it expires, read again when less than a minute is left. A file that cannot be
/// read is UNAVAILABLE, a token that is none or has expired UNAUTHENTICATED; after a failure the file is left alone for a while.
/// </summary>
internal sealed class JwtTokenFile(string path, TimeProvider time)
{
    /// <summary>A token is a line, not a document.</summary>
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);

    private readonly Lock _gate = new();
    private string? _token;
    private DateTimeOffset _expires;
    private DateTimeOffset _nextTry;
    private int _failures;
    private GrpcStatus _failure;

    /// <summary>The token now.</summary>
    /// <exception cref="GrpcException">There is none.</exception>
    public string Get()
    {
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            bool good = _token is not null && now < _expires - Margin;
            if (good && now < _expires - Refresh)
                return _token!;
            if (now >= _nextTry)
                Read(now);
            if (_token is not null && now < _expires - Margin)
                return _token;
            throw new GrpcException(_failure);
        }
    }

    private void Read(DateTimeOffset now)
    {
        try
        {
            using FileStream file = System.IO.File.OpenRead(path);
            byte[] buffer = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            string token = Encoding.UTF8.GetString(buffer, 0, length).Trim();
            if (length > MaxBytes || Expiry(token) is not { } expires)
            {
                Fail(now, GrpcStatusCode.Unauthenticated, $"the token file {path} holds no JWT with an 'exp' claim; write a token of three parts joined by dots");
            }
            else if (expires - Margin <= now)
            {
                Fail(now, GrpcStatusCode.Unauthenticated, $"the token in {path} expired at {expires:u}, or is about to; whoever writes the file has to renew it");
            }
            else
            {
                (_token, _expires, _failures, _nextTry) = (token, expires, 0, default);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            Fail(now, GrpcStatusCode.Unavailable, $"the token file {path} cannot be read: {e.Message}");
        }
    }

    private void Fail(DateTimeOffset now, GrpcStatusCode code, string why)
    {
        _failure = new GrpcStatus(code, why);
        double wait = Math.Min(Math.Pow(1.6, Math.Min(_failures++, 30)), LongestWait.TotalSeconds);
        _nextTry = now + TimeSpan.FromSeconds(wait);
    }

    /// <summary>When a token expires, by its claim alone: who made it is the server's to verify.</summary>
    private static DateTimeOffset? Expiry(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3 || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return null;
        try
        {
            using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty("exp", out JsonElement exp) && exp.TryGetDouble(out double seconds) && seconds is > 0 and < 253_402_300_800
                ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
