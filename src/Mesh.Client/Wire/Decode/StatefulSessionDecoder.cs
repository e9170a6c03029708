using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.StatefulSession.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Http.StatefulSession.Cookie.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Http.StatefulSession.Header.V3;
using Cookie = Mesh.Wire.Protos.Envoy.Type.Http.V3.Cookie;

namespace Mesh.Wire.Decode;

/// <summary><c>StatefulSession</c> (gRFC A55, A60).</summary>
internal static class StatefulSessionDecoder
{
    /// <summary>The session; null where it has none, which switches the filter off (gRFC A55), and after an error.</summary>
    public static StatefulSessionResource? Decode(StatefulSession message, ErrorCollector errors)
    {
        if (message.SessionState is not { } state)
            return null;
        using ErrorCollector.Scope scope = errors.At("session_state");
        if (!state.TypedConfig.Require("typed_config", errors))
            return null;
        using ErrorCollector.Scope inner = errors.At("typed_config");
        string type = AnyDecoder.TypeName(state.TypedConfig.TypeUrl);
        if (type == HeaderBasedSessionState.Descriptor.FullName)
        {
            if (AnyDecoder.Open<HeaderBasedSessionState>(state.TypedConfig, errors) is not { } header)
                return null;
            HeaderMutationsDecoder.CheckHeaderName(header.Name, "name", errors);
            return new StatefulSessionResource(header.Name.ToLowerInvariant(), ByHeader: true) { Strict = message.Strict };
        }

        if (type != CookieBasedSessionState.Descriptor.FullName)
        {
            errors.Error($"'{type}' is not supported; {CookieBasedSessionState.Descriptor.FullName} and {HeaderBasedSessionState.Descriptor.FullName} are");
            return null;
        }

        if (AnyDecoder.Open<CookieBasedSessionState>(state.TypedConfig, errors) is not { } byCookie || !byCookie.Cookie.Require("cookie", errors))
            return null;
        using ErrorCollector.Scope ofCookie = errors.At("cookie");
        return Decode(byCookie.Cookie, message.Strict, errors);
    }

    public static FilterOverrideResource DecodeOverride(string filter, StatefulSessionPerRoute message, ErrorCollector errors)
    {
        string type = StatefulSessionPerRoute.Descriptor.FullName;
        switch (message.OverrideCase)
        {
            case StatefulSessionPerRoute.OverrideOneofCase.Disabled:
                if (!message.Disabled)
                    errors.Error("disabled", "false is not allowed; true is");
                return new FilterOverrideResource(filter, type, true);
            case StatefulSessionPerRoute.OverrideOneofCase.StatefulSession:
                using (errors.At("stateful_session"))
                {
                    StatefulSessionResource? session = Decode(message.StatefulSession, errors);
                    return new FilterOverrideResource(filter, type, session is null) { Config = session };
                }

            default:
                errors.Error("required: disabled or stateful_session");
                return new FilterOverrideResource(filter, type, false);
        }
    }

    private static StatefulSessionResource Decode(Cookie message, bool strict, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        for (int i = 0; i < message.Attributes.Count; i++)
        {
            using (errors.At("attributes", i))
                message.Attributes[i].Name.Require("name", errors);
        }

        return new StatefulSessionResource(message.Name, ByHeader: false)
        {
            Strict = strict,
            CookieTtl = message.Ttl.Read("ttl", errors) ?? TimeSpan.Zero,
            CookiePath = message.Path,
            CookieAttributes = message.Attributes.Select(each => KeyValuePair.Create(each.Name, each.Value)).ToValueList(),
        };
    }
}
