namespace Mesh.Policies.Outliers;

/// <summary>Why an endpoint is an outlier (<c>envoy.data.cluster.v3.OutlierEjectionType</c>).</summary>
internal enum EjectionType
{
    Consecutive5xx,
    ConsecutiveGatewayFailure,
    ConsecutiveLocalOriginFailure,
    SuccessRate,
    LocalOriginSuccessRate,
    FailurePercentage,
    LocalOriginFailurePercentage,
}
