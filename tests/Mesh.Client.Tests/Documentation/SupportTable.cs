using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using Mesh.Wire.Protos.Envoy.Config.Common.MutationRules.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Router.ClusterSpecifiers.Matcher.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using Mesh.Wire.Protos.Mesh;
using Mesh.Wire.Protos.Xds.Type.Matcher.V3;
using Mesh.Wire.Text;
using StringMatcher = Mesh.Wire.Protos.Envoy.Type.Matcher.V3.StringMatcher;

namespace Mesh.Client.Tests.Documentation;

/// <summary>What becomes of every field that has to do with routing, from the marks in the proto files that the decoder itself reads.</summary>
internal static class SupportTable
{
    private static readonly MessageDescriptor[] Messages =
    [
        RouteConfiguration.Descriptor, VirtualHost.Descriptor, VirtualCluster.Descriptor, Route.Descriptor, RouteList.Descriptor, RouteMatch.Descriptor,
        HeaderMatcher.Descriptor, QueryParameterMatcher.Descriptor, CookieMatcher.Descriptor, StringMatcher.Descriptor, MetadataMatcher.Descriptor, ValueMatcher.Descriptor,
        FilterStateMatcher.Descriptor, RouteAction.Descriptor, WeightedCluster.Descriptor, ClusterSpecifierPlugin.Descriptor, MatcherClusterSpecifier.Descriptor,
        RedirectAction.Descriptor, DirectResponseAction.Descriptor, SubstitutionFormatString.Descriptor, InternalRedirectPolicy.Descriptor, AllowListedRoutesConfig.Descriptor,
        RetryPolicy.Descriptor, HedgePolicy.Descriptor, RateLimit.Descriptor, FilterConfig.Descriptor, HeaderValueOption.Descriptor, HeaderMutation.Descriptor,
        Matcher.Descriptor, IPMatcher.Descriptor, ServerNameMatcher.Descriptor,
    ];

    /// <summary>The table as it stands in the documentation.</summary>
    public static string Text()
    {
        HashSet<MessageDescriptor> active = Active();
        var text = new StringBuilder("| message | honoured | read and checked, no effect yet | ignored, with a warning | refused |\n| --- | --- | --- | --- | --- |\n");
        foreach (MessageDescriptor message in Messages.SelectMany(WithNested))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{message.FullName[(message.File.Package.Length + 1)..]}` |");
            foreach (Support support in new[] { Support.Honoured, Support.Validated, Support.Ignored, Support.Refused })
                text.Append(CultureInfo.InvariantCulture, $" {Fields(message, support, active)} |");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor message) =>
        message.NestedTypes.Where(nested => nested.GetOptions()?.MapEntry != true && nested.Fields.InDeclarationOrder().Count > 0).SelectMany(WithNested).Prepend(message);

    /// <summary>The messages that honoured fields lead to: what stands in a field without effect has none either.</summary>
    private static HashSet<MessageDescriptor> Active()
    {
        var found = new HashSet<MessageDescriptor>();
        var open = new Queue<MessageDescriptor>(
            [RouteConfiguration.Descriptor, RouteList.Descriptor, MatcherClusterSpecifier.Descriptor, AllowListedRoutesConfig.Descriptor, FilterConfig.Descriptor, IPMatcher.Descriptor, ServerNameMatcher.Descriptor]);
        while (open.TryDequeue(out MessageDescriptor? message))
        {
            if (!found.Add(message))
                continue;
            foreach (FieldDescriptor field in message.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.Message && SupportOf(field) == Support.Honoured))
                open.Enqueue(field.IsMap && field.MessageType.FindFieldByNumber(2) is { FieldType: FieldType.Message } value ? value.MessageType : field.MessageType);
        }

        return found;
    }

    private static Support SupportOf(FieldDescriptor field) => MessageTable.For(field.ContainingType)[field.FieldNumber].Support;

    private static string Fields(MessageDescriptor message, Support support, HashSet<MessageDescriptor> active) => string.Join(
        ", ",
        message.Fields.InFieldNumberOrder().Where(field => (SupportOf(field) is Support.Honoured && !active.Contains(message) ? Support.Validated : SupportOf(field)) == support).Select(field => $"`{field.Name}`"));
}
