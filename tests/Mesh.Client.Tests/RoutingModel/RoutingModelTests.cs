using System.Globalization;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The library routes as the model does, which is Envoy's description in plain words.</summary>
public sealed class RoutingModelTests
{
    private const int DefaultRequests = 200_000;

    private static int Requests =>
        int.TryParse(Environment.GetEnvironmentVariable("MESH_MODEL_REQUESTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int requests) ? requests : DefaultRequests;

    [Fact]
    public void LibraryAndModelAgree() => Comparison.Run(new Model(), Comparison.Seed, Requests);

    [Fact]
    public void LongestPrefixInsteadOfTheFirstIsNoticed() =>
        AssertNoticed(new Model { ChooseRoute = routes => routes.MaxBy(route => route.Match.Path.Length) });

    [Fact]
    public void WeightThatIsOneOffIsNoticed() =>
        AssertNoticed(new Model { ChooseCluster = (clusters, number) => ModelClusters.ByWeight(clusters, number + 1) });

    private static void AssertNoticed(Model model)
    {
        Exception noticed = Assert.ThrowsAny<Exception>(() => Comparison.Run(model, Comparison.Seed, DefaultRequests));
        Assert.Contains("MESH_MODEL_SEED=", noticed.ToString(), StringComparison.Ordinal);
    }
}
