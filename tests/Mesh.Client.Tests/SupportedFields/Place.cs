using System.Collections;
using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Fault.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.StatefulSession.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Http.StatefulSession.Cookie.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Http.StatefulSession.Header.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.PreviousRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.SafeCrossScheme.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Match.UriTemplate.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Router.ClusterSpecifiers.Matcher.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using Mesh.Wire.Protos.Mesh;
using Mesh.Wire.Protos.Xds.Type.Matcher.V3;
using Mesh.Wire.Text;
using AggregateConfig = Mesh.Wire.Protos.Envoy.Extensions.Clusters.Aggregate.V3.ClusterConfig;
using UpstreamOptions = Mesh.Wire.Protos.Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>One step on the way to a message: a field, and which of its elements.</summary>
internal readonly record struct Step(FieldDescriptor Field, object? Key);

/// <summary>A message somewhere within a resource.</summary>
/// <param name="Way">How to get there; an Any is walked through.</param>
/// <param name="Path">The same as findings write it.</param>
/// <param name="Shape">The same without indices, from the resource's type on: places of one shape mean the same.</param>
/// <param name="Message">The message.</param>
internal sealed record Place(ImmutableArray<Step> Way, string Path, string Shape, IMessage Message)
{
    /// <summary>The messages that the decoder opens in an Any.</summary>
    public static IReadOnlyList<MessageDescriptor> Opened { get; } =
        [HttpConnectionManager.Descriptor, Router.Descriptor, UpstreamTlsContext.Descriptor, RawBuffer.Descriptor, UpstreamOptions.Descriptor, UriTemplateMatchConfig.Descriptor, UriTemplateRewriteConfig.Descriptor,
            HttpRequestHeaderMatchInput.Descriptor, HttpRequestQueryParamMatchInput.Descriptor, FilterStateInput.Descriptor, IPMatcher.Descriptor, ServerNameMatcher.Descriptor,
            Route.Descriptor, RouteList.Descriptor, FilterConfig.Descriptor, MatcherClusterSpecifier.Descriptor, ClusterAction.Descriptor,
            HTTPFault.Descriptor, LocalRateLimit.Descriptor, StatefulSession.Descriptor, StatefulSessionPerRoute.Descriptor, CookieBasedSessionState.Descriptor, HeaderBasedSessionState.Descriptor, OmitHostMetadataConfig.Descriptor, PreviousPrioritiesConfig.Descriptor, Subset.Descriptor, AggregateConfig.Descriptor, PreviousRoutesConfig.Descriptor, AllowListedRoutesConfig.Descriptor, SafeCrossSchemeConfig.Descriptor];

    public static Support SupportOf(FieldDescriptor field) => MessageTable.For(field.ContainingType)[field.FieldNumber].Support;

    /// <summary>Whether a field holds messages of our own, not those of protobuf such as Duration; an Any counts as ours.</summary>
    public static bool HoldsMessages(FieldDescriptor field)
    {
        if (field.FieldType != FieldType.Message)
            return false;
        FieldDescriptor held = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        return held.FieldType == FieldType.Message && (held.MessageType == Any.Descriptor || held.MessageType.File.Package != "google.protobuf");
    }

    /// <summary>Every message of a resource that honoured fields lead to, the resource itself first.</summary>
    public static IEnumerable<Place> Within(IMessage resource) => Walk(resource, [], "", resource.Descriptor.Name);

    /// <summary>The path of a field here, as findings write it.</summary>
    public string PathOf(FieldDescriptor field) => Path.Length == 0 ? field.Name : $"{Path}.{field.Name}";

    /// <summary>A copy of the resource in which the message here was changed.</summary>
    public IMessage Change(IMessage resource, Action<IMessage> change) => Change(resource.Descriptor.Parser.ParseFrom(resource.ToByteArray()), 0, change);

    private static IEnumerable<Place> Walk(IMessage message, ImmutableArray<Step> way, string path, string shape)
    {
        if (message is Any any)
            return Open(any) is { } inner ? Walk(inner, way, path, shape) : [];
        var place = new Place(way, path, shape, message);
        IEnumerable<Place> below = message.Descriptor.Fields.InDeclarationOrder()
            .Where(field => SupportOf(field) == Support.Honoured && HoldsMessages(field))
            .SelectMany(field => Held(message, field).SelectMany(held => Walk(
                held.Message, way.Add(new Step(field, held.Key)), $"{place.PathOf(field)}{Index(held.Key)}", $"{shape}.{field.Name}{(held.Key is null ? "" : "[]")}")));
        return below.Prepend(place);
    }

    private static IEnumerable<(object? Key, IMessage Message)> Held(IMessage message, FieldDescriptor field)
    {
        object? value = field.Accessor.GetValue(message);
        return value switch
        {
            IDictionary map => map.Keys.Cast<object>().Select(key => ((object?)key, (IMessage)map[key]!)),
            IList list => list.Cast<IMessage>().Select((element, index) => ((object?)index, element)),
            IMessage single => [(null, single)],
            _ => [],
        };
    }

    private static string Index(object? key) => key switch
    {
        null => "",
        string name => $"[\"{name}\"]",
        _ => $"[{key}]",
    };

    private IMessage Change(IMessage message, int at, Action<IMessage> change)
    {
        if (message is Any any)
            return new Any { TypeUrl = any.TypeUrl, Value = Change(Open(any)!, at, change).ToByteString() };
        if (at == Way.Length)
        {
            change(message);
            return message;
        }

        var (field, key) = Way[at];
        object value = field.Accessor.GetValue(message);
        switch (key)
        {
            case int index:
                var list = (IList)value;
                list[index] = Change((IMessage)list[index]!, at + 1, change);
                break;
            case string name:
                var map = (IDictionary)value;
                map[name] = Change((IMessage)map[name]!, at + 1, change);
                break;
            default:
                field.Accessor.SetValue(message, Change((IMessage)value, at + 1, change));
                break;
        }

        return message;
    }

    private static IMessage? Open(Any any)
    {
        string name = Any.GetTypeName(any.TypeUrl);
        return Opened.FirstOrDefault(type => type.FullName == name)?.Parser.ParseFrom(any.Value);
    }
}
