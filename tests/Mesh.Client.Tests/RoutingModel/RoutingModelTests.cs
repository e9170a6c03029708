using System.Globalization;
using Xunit;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The library routes as the model does, which is Envoy's description in plain words.</summary>
public sealed class RoutingModelTests
{
    private const int DefaultRequests = 200_000;

    private static int Requests => Environment.GetEnvironmentVariable("MESH_MODEL_REQUESTS") is { Length: > 0 } requests
        ? int.Parse(requests, CultureInfo.InvariantCulture)
        : DefaultRequests;

    [Fact]
    public void LibraryAndModelAgree() => Comparison.Run(new Model(), Comparison.Seed, Requests);

    [Fact]
    public void LongestPathInsteadOfTheFirstRouteIsNoticed() =>
        AssertNoticed(new Model { ChooseRoute = routes => routes.MaxBy(route => route.Match.Path.Length) });

    [Fact]
    public void WeightThatIsOneOffIsNoticed() =>
        AssertNoticed(new Model { ChooseCluster = (clusters, number) => ModelClusters.ByWeight(clusters, number + 1) });

    /// <summary>A failure names its seed, and shows a table small enough to read with the one request.</summary>
    private static void AssertNoticed(Model wrong)
    {
        string message = Assert.ThrowsAny<Exception>(() => Comparison.Run(wrong, Comparison.Seed, DefaultRequests)).Message;
        Assert.Contains($"MESH_MODEL_SEED={Comparison.Seed}", message, StringComparison.Ordinal);
        string shrunk = message[message.IndexOf("Shrunk:", StringComparison.Ordinal)..];
        Assert.Equal(2, shrunk.Split("\nrequest {").Length);
        Assert.InRange(shrunk.Split("PathKind:").Length - 1, 1, 2);
        Assert.Contains("model   {", shrunk, StringComparison.Ordinal);
        Assert.Contains("product {", shrunk, StringComparison.Ordinal);
    }
}
