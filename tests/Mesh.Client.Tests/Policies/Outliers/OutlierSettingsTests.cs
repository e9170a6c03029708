using Mesh.Policies.Outliers;
using Mesh.Primitives;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>The defaults of the two who may decide.</summary>
public sealed class OutlierSettingsTests
{
    [Fact]
    public void Envoys() => Assert.Equal(
        new OutlierSettings
        {
            Dialect = XdsDialect.Envoy,
            Interval = TimeSpan.FromSeconds(10),
            BaseEjectionTime = TimeSpan.FromSeconds(30),
            MaxEjectionTime = TimeSpan.FromSeconds(300),
            MaxEjectionPercent = 10,
            Consecutive5xx = 5,
            ConsecutiveGatewayFailure = 5,
            ConsecutiveLocalOriginFailure = 5,
            EnforcingConsecutive5xx = 100,
            EnforcingConsecutiveLocalOriginFailure = 100,
            EnforcingSuccessRate = 100,
            EnforcingLocalOriginSuccessRate = 100,
            SuccessRateMinimumHosts = 5,
            SuccessRateRequestVolume = 100,
            SuccessRateStdevFactor = 1900,
            FailurePercentageThreshold = 85,
            FailurePercentageMinimumHosts = 5,
            FailurePercentageRequestVolume = 50,
            SuccessfulActiveHealthCheckUnejectHost = true,
        },
        OutlierSettings.Of(new OutlierDetectionResource()));

    [Fact]
    public void Grpcs() => Assert.Equal(
        new OutlierSettings
        {
            Dialect = XdsDialect.Grpc,
            Interval = TimeSpan.FromSeconds(10),
            BaseEjectionTime = TimeSpan.FromSeconds(30),
            MaxEjectionTime = TimeSpan.FromSeconds(300),
            MaxEjectionPercent = 10,
            EnforcingSuccessRate = 100,
            SuccessRateMinimumHosts = 5,
            SuccessRateRequestVolume = 100,
            SuccessRateStdevFactor = 1900,
            FailurePercentageThreshold = 85,
            FailurePercentageMinimumHosts = 5,
            FailurePercentageRequestVolume = 50,
        },
        OutlierSettings.Of(new OutlierDetectionResource { Dialect = XdsDialect.Grpc, Consecutive5xx = 3, AlwaysEjectOneHost = true, SplitExternalLocalOriginErrors = true }));

    [Fact]
    public void GrpcsLongestTimeIsNeverShorterThanTheBase() =>
        Assert.Equal(TimeSpan.FromSeconds(60), OutlierSettings.Of(new OutlierDetectionResource { Dialect = XdsDialect.Grpc, BaseEjectionTime = TimeSpan.FromSeconds(60), MaxEjectionTime = TimeSpan.FromSeconds(5) }).MaxEjectionTime);

    [Fact]
    public void AStatusOfGrpcIsOneOfHttp() => Assert.Equal(
        [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401, 500],
        Enumerable.Range(0, 18).Select(GrpcHttpStatus.Of));
}
