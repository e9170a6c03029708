using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>What the library is known to answer otherwise than Envoy.</summary>
internal static class Avoided
{
    public static bool Covers(RouteConfigurationResource table, ModelRequest request, ModelAnswer expected) => false;
}
