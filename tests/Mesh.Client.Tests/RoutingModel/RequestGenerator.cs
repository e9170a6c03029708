using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Requests near a table: its own hosts and paths, a little changed, with headers of the same few words.</summary>
internal static partial class RequestGenerator
{
    private static readonly Gen<string> SomePath =
        from count in Gen.Choose(0, 4)
        from segments in Words.Segment.ArrayOf(count)
        select "/" + string.Join('/', segments);

    private static readonly Gen<string> Parameter =
        from name in Gen.Elements([.. Words.ParameterNames, ""])
        from sign in Gen.Elements("=", "=", "=", "")
        from value in Words.Value
        select name + sign + value;

    private static readonly Gen<string> Cookie =
        from name in Gen.Elements(Words.CookieNames)
        from sign in Gen.Elements("=", "=", "=", "")
        from value in Words.Value
        from quote in Gen.Elements("", "", "\"")
        select name + sign + quote + value + quote;

    private static readonly Gen<string> Query = Gen.Frequency(
        (4, Gen.Constant("")),
        (5, from count in Gen.Choose(0, 4) from parameters in Parameter.ArrayOf(count) select "?" + string.Join('&', parameters)),
        (1, Gen.Elements("#there", "?q=a#q=1", "#there?q=1", "?", "??q=1", "?a;b?c", "/?q=a;v=1")));

    private static readonly Gen<string> Cookies =
        from count in Gen.Choose(1, 3)
        from cookies in Cookie.ArrayOf(count)
        from separator in Gen.Frequency((12, Gen.Elements("; ", "; ", ";", ";  ")), (1, Gen.Constant(" ; ")))
        select string.Join(separator, cookies);

    private static readonly Gen<string> ContentType = Gen.Elements(
        "application/grpc", "application/grpc+proto", "application/grpc-web", "application/GRPC", "application/grpc;x=1", "text/plain");

    private static readonly Gen<(string Name, string Value)> Header = Gen.Frequency(
        (9, from name in Gen.Elements(Words.HeaderNames) from value in Words.Value select (name, value)),
        (2, from name in Gen.Elements(Words.HeaderNames).SelectMany(Words.CaseFlipped) from value in Words.Value select (name, value)),
        (3, Cookies.Select(cookies => ("cookie", cookies))),
        (2, ContentType.Select(type => ("content-type", type))),
        (1, Gen.Elements("0", "1", "2", "99", "18446744073709551615", "18446744073709551616", "-1", "+1", "x").Select(number => ("x-number", number))));

    private static readonly Gen<ulong> Random = Gen.Frequency(
        (2, Gen.Choose(0, 110).Select(number => (ulong)number)),
        (1, from high in Gen.Choose(0, int.MaxValue) from low in Gen.Choose(0, int.MaxValue) select ((ulong)high << 33) | (uint)low),
        (1, Gen.Constant(ulong.MaxValue)));

    /// <summary>Requests of a table, made once for it and used for many.</summary>
    public static Gen<ModelRequest> Near(RouteConfigurationResource table)
    {
        string[] domains = [.. table.VirtualHosts.SelectMany(host => host.Domains)];
        RouteMatchResource[] matches = [.. table.VirtualHosts.SelectMany(host => host.Routes).Select(route => route.Match)];
        Gen<string> any = Gen.Frequency((1, Words.Host), (1, Gen.Elements("[::1]", "[::1]:8080", "[::2]:80")));
        Gen<string> host = domains.Length == 0 ? any : Gen.Frequency((4, Gen.Elements(domains).SelectMany(LikeDomain)), (1, any));
        Gen<string> path = matches.Length == 0 ? SomePath : Gen.Frequency((4, Gen.Elements(matches).SelectMany(LikePath)), (1, SomePath));
        Gen<ModelRequest> usual =
            from method in Gen.Frequency((8, Gen.Constant("GET")), (1, Gen.Constant("POST")), (1, Gen.Constant("CONNECT")))
            from scheme in Gen.Frequency((3, Gen.Constant("http")), (1, Gen.Constant("https")))
            from authority in host
            from only in path
            from query in Query
            from hasPath in Gen.Frequency((1, Gen.Constant(method != "CONNECT")), (1, Gen.Constant(true)))
            from count in Gen.Choose(0, 5)
            from headers in Header.ArrayOf(count)
            from forwarded in Gen.Frequency((12, Gen.Constant("")), (1, Gen.Elements("http", "https")))
            from random in Random
            select new ModelRequest(method, scheme, authority, hasPath ? only + query : null)
            {
                Headers = forwarded.Length == 0 ? headers : [.. headers, ("x-forwarded-proto", forwarded)],
                Random = random,
            };
        return Gen.Frequency((60, usual), (1, usual.SelectMany(HostileGenerator.Spoilt)));
    }

    private static Gen<string> LikeDomain(string domain) =>
        from stand in Gen.Elements("", "z", "a.b", "shop")
        from port in Words.Port
        from how in Gen.Choose(0, 5)
        let host = domain.Replace("*", stand, StringComparison.Ordinal)
        from made in how switch
        {
            0 => Words.CaseFlipped(host),
            1 => Gen.Constant(host.Split(':')[0].Length > 0 && host[0] != '[' ? host.Split(':')[0] + port : host),
            2 => Gen.Constant(host + "x"),
            3 => Gen.Constant("x" + host),
            _ => Gen.Constant(host),
        }
        select made.Length == 0 ? "a" : made;

    private static Gen<string> LikePath(RouteMatchResource match) =>
        from stand in Words.Segment
        from tail in Gen.Frequency((5, Gen.Constant("")), (5, Gen.Elements("/", "x", "/x", ";p=1", "/a/b", "//", "/items", ".b", "/;p")))
        from how in Gen.Choose(0, 7)
        let path = match.PathKind switch
        {
            PathMatchKind.Regex => Array.Find(Words.PathPatterns, pattern => pattern.Pattern == match.Path).Example,
            PathMatchKind.Template => FillIn(match.Path, stand),
            _ => match.Path,
        }
        from made in how switch
        {
            0 => Words.CaseFlipped(path),
            1 => Gen.Constant(path.Length > 1 ? path[..^1] : path),
            2 => Words.CaseFlipped(path + tail),
            _ => Gen.Constant(path + tail),
        }
        select made.StartsWith('/') ? made : "/" + made;

    /// <summary>A path for a template, with a text for each of its parts.</summary>
    private static string FillIn(string template, string stand)
    {
        string plain = Variable().Replace(template, match => match.Groups["inner"].Success ? match.Groups["inner"].Value : "*");
        return plain.Replace("**", $"p/{stand}", StringComparison.Ordinal).Replace("*", stand.Length == 0 ? "x" : stand, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{\w+(=(?<inner>[^}]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
