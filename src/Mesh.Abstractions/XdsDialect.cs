namespace Mesh;

/// <summary>
/// Who decides where Envoy and gRPC read the same xDS resource differently: what one of them accepts and the other refuses.
/// docs/routing.md lists the differences.
/// </summary>
public enum XdsDialect
{
    /// <summary>As Envoy does. The default.</summary>
    Envoy,

    /// <summary>As gRPC's own xDS clients do (gRFC A27, A28, A44), for a control plane that is written for them.</summary>
    Grpc,
}
