using Mesh.Primitives;
using Mesh.Resources;
using HashPolicy = Mesh.Wire.Protos.Envoy.Config.Route.V3.RouteAction.Types.HashPolicy;

namespace Mesh.Wire.Decode;

/// <summary><c>RouteAction.HashPolicy</c>. gRPC takes policies it does not know for ones that hash nothing (gRFC A42).</summary>
internal static class HashPolicyDecoder
{
    public static HashPolicyResource? Decode(HashPolicy message, XdsDialect dialect, ErrorCollector errors)
    {
        switch (message.PolicySpecifierCase)
        {
            case HashPolicy.PolicySpecifierOneofCase.Header:
                using (errors.At("header"))
                {
                    HeaderMutationsDecoder.CheckHeaderName(message.Header.HeaderName, "header_name", errors);
                    return new HashPolicyResource(HashPolicyKind.Header, message.Header.HeaderName.ToLowerInvariant(), message.Terminal)
                    {
                        Rewrite = RegexDecoder.Decode(message.Header.RegexRewrite, "regex_rewrite", errors),
                    };
                }

            case HashPolicy.PolicySpecifierOneofCase.Cookie:
                using (errors.At("cookie"))
                    return Decode(message.Cookie, message.Terminal, errors);
            case HashPolicy.PolicySpecifierOneofCase.ConnectionProperties:
                return new HashPolicyResource(message.ConnectionProperties.SourceIp ? HashPolicyKind.SourceIp : HashPolicyKind.None, "", message.Terminal);
            case HashPolicy.PolicySpecifierOneofCase.QueryParameter:
                message.QueryParameter.Name.Require("query_parameter.name", errors);
                return new HashPolicyResource(HashPolicyKind.QueryParameter, message.QueryParameter.Name, message.Terminal);
            case HashPolicy.PolicySpecifierOneofCase.FilterState:
                if (dialect == XdsDialect.Grpc && message.FilterState.Key.Length == 0)
                    return new HashPolicyResource(HashPolicyKind.None, "", message.Terminal);
                if (message.FilterState.Key.Require("filter_state.key", errors) && message.FilterState.Key != HashPolicyResource.ChannelId)
                    errors.Warning("filter_state.key", $"a client has no filter state '{message.FilterState.Key}': it hashes nothing; {HashPolicyResource.ChannelId} stands for the process");
                return new HashPolicyResource(HashPolicyKind.FilterState, message.FilterState.Key, message.Terminal);
            default:
                if (dialect == XdsDialect.Grpc)
                    return new HashPolicyResource(HashPolicyKind.None, "", message.Terminal);
                errors.Error("a policy is required: header, cookie, connection_properties, query_parameter or filter_state");
                return null;
        }
    }

    private static HashPolicyResource Decode(HashPolicy.Types.Cookie message, bool terminal, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        for (int i = 0; i < message.Attributes.Count; i++)
        {
            using (errors.At("attributes", i))
                message.Attributes[i].Name.Require("name", errors);
        }

        return new HashPolicyResource(HashPolicyKind.Cookie, message.Name, terminal)
        {
            CookieTtl = message.Ttl.Read("ttl", errors),
            CookiePath = message.Path,
            CookieAttributes = message.Attributes.Select(each => KeyValuePair.Create(each.Name, each.Value)).ToValueList(),
        };
    }
}
