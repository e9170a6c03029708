using FsCheck;
using FsCheck.Fluent;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Matches of routes: paths that overlap, and now and then something more.</summary>
internal static class MatchGenerator
{
    private static readonly Gen<string> Literal =
        from count in Gen.Choose(0, 3)
        from segments in Words.Segment.ArrayOf(count)
        select "/" + string.Join('/', segments.Where(segment => segment.Length > 0));

    private static readonly Gen<(PathMatchKind Kind, string Path)> Path = Gen.Frequency(
        (5, Gen.Frequency((8, Literal), (1, Gen.Constant("")), (2, Literal.Select(path => path + "/"))).Select(path => (PathMatchKind.Prefix, path))),
        (5, Literal.Select(path => (PathMatchKind.Exact, path))),
        (3, Literal.Where(path => path.Length > 1).Select(path => (PathMatchKind.PathSeparatedPrefix, path))),
        (3, Gen.Elements(Words.PathPatterns).Select(pattern => (PathMatchKind.Regex, pattern.Pattern))),
        (3, Gen.Elements(Words.Templates).Select(template => (PathMatchKind.Template, template))),
        (1, Gen.Constant((PathMatchKind.Connect, ""))));

    private static readonly Gen<StringMatcherResource> Text = Gen.Frequency(
        (4,
            from kind in Gen.Elements(StringMatchKind.Exact, StringMatchKind.Prefix, StringMatchKind.Suffix, StringMatchKind.Contains)
            from value in Words.Value
            from ignoreCase in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new StringMatcherResource(kind, value, ignoreCase)),
        (1, Gen.Elements(Words.ValuePatterns).Select(pattern => new StringMatcherResource(StringMatchKind.Regex, pattern))));

    private static readonly Gen<HeaderMatcherResource> NamedHeader =
        from name in Gen.Elements([.. Words.HeaderNames, .. Words.HeaderNames, "host", ":authority", ":path", ":method", ":scheme", "content-type", ":protocol"])
        from invert in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        from empty in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new HeaderMatcherResource { Name = name, Invert = invert, TreatMissingAsEmpty = empty };

    private static readonly Gen<Int64RangeResource> Range =
        from start in Gen.Choose(-6, 6)
        from length in Gen.Choose(1, 8)
        select new Int64RangeResource(start, start + length);

    public static readonly Gen<HeaderMatcherResource> Header = Gen.Frequency(
        (1, NamedHeader),
        (3, from header in NamedHeader from value in Text select header with { Value = value }),
        (1, NamedHeader.Select(header => header with { Name = ":method", Value = new StringMatcherResource(StringMatchKind.Exact, "GET") })),
        (1, from header in NamedHeader from present in Gen.Elements(true, false) select header with { Present = present }),
        (1, from header in NamedHeader from range in Range select header with { Range = range }));

    private static readonly Gen<QueryParameterMatcherResource> Parameter = Gen.Frequency(
        (2, from name in Gen.Elements(Words.ParameterNames) from value in Text select new QueryParameterMatcherResource(name, value, true)),
        (1, from name in Gen.Elements(Words.ParameterNames) from present in Gen.Elements(true, false) select new QueryParameterMatcherResource(name, null, present)));

    private static readonly Gen<CookieMatcherResource> Cookie =
        from name in Gen.Elements(Words.CookieNames)
        from value in Text
        from invert in Gen.Elements(true, false)
        select new CookieMatcherResource(name, value, invert);

    private static readonly Gen<FractionResource?> Fraction =
        from numerator in Gen.Elements(0, 1, 30, 99, 100, 10_000)
        from denominator in Gen.Elements(100, 10_000, 1_000_000)
        select (FractionResource?)new FractionResource((uint)numerator, (uint)denominator);

    private static readonly Gen<MetadataMatcherResource> Metadata =
        from text in Text
        from invert in Gen.Elements(true, false)
        select new MetadataMatcherResource("f", ["k"], new ValueMatcherResource.Text(text), invert);

    /// <summary>A change to a match of a path alone.</summary>
    private static readonly Gen<Func<RouteMatchResource, RouteMatchResource>> More = Gen.Frequency(
        (8, Plain(match => match)),
        (4, Some(Header, 2, (match, headers) => match with { Headers = headers })),
        (4, Some(Parameter, 2, (match, parameters) => match with { QueryParameters = parameters })),
        (3, Some(Cookie, 2, (match, cookies) => match with { Cookies = cookies })),
        (1, Plain(match => match with { Grpc = true })),
        (1, Fraction.Select(fraction => (Func<RouteMatchResource, RouteMatchResource>)(match => match with { RuntimeFraction = fraction }))),
        (1, Plain(match => match with { TlsContext = new TlsContextMatchResource(true, null) })),
        (1, Plain(match => match with { TlsContext = new TlsContextMatchResource(false, false) })),
        (2, Some(Metadata, 1, (match, metadata) => match with { DynamicMetadata = metadata })),
        (1, Some(Text, 1, (match, text) => match with { FilterState = [new FilterStateMatcherResource("k", text[0], [])] })));

    public static readonly Gen<RouteMatchResource> Match =
        from path in Path
        from caseSensitive in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from more in More
        from evenMore in Gen.Frequency((3, Plain(match => match)), (1, More))
        select evenMore(more(new RouteMatchResource { PathKind = path.Kind, Path = path.Path, CaseSensitive = caseSensitive }));

    private static Gen<Func<RouteMatchResource, RouteMatchResource>> Plain(Func<RouteMatchResource, RouteMatchResource> change) => Gen.Constant(change);

    private static Gen<Func<RouteMatchResource, RouteMatchResource>> Some<T>(Gen<T> item, int most, Func<RouteMatchResource, ValueList<T>, RouteMatchResource> change) =>
        from count in Gen.Choose(1, most)
        from items in item.ArrayOf(count)
        select (Func<RouteMatchResource, RouteMatchResource>)(match => change(match, items.ToValueList()));
}
