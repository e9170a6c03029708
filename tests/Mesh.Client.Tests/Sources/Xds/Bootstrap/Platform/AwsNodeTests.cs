using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Bootstrap.Platform;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap.Platform;

/// <summary>Tasks of ECS and functions of Lambda.</summary>
public sealed class AwsNodeTests : IDisposable
{
    private const string Metadata = """
        {"Cluster": "default", "TaskARN": "arn:aws:ecs:us-west-2:111122223333:task/default/158d", "Family": "curltest", "Revision": "26",
         "AvailabilityZone": "us-west-2d", "Limits": {"CPU": 0.25}}
        """;

    private readonly PlatformUnderTest _platform = new();

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task ATask()
    {
        Uri? asked = null;
        _platform.Fetch = (uri, _) =>
        {
            asked = uri;
            return Task.FromResult<string?>(Metadata);
        };
        _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/abc"));
        CompletedNode found = await _platform.CompleteAsync();
        Assert.Equal("http://169.254.170.2/v4/abc/task", asked?.ToString());
        Assert.Equal(
            new XdsNode
            {
                Id = "arn:aws:ecs:us-west-2:111122223333:task/default/158d",
                Cluster = "curltest",
                Region = "us-west-2",
                Zone = "us-west-2d",
                Metadata = PlatformUnderTest.Json("""{"ECS_CLUSTER": "default", "ECS_TASK_FAMILY": "curltest"}"""),
            },
            found.Node);
        Assert.Null(found.DnsSuffix);
        Assert.Empty(_platform.Warnings);
    }

    [Theory]
    [InlineData("us-west-2a", "us-west-2")]
    [InlineData("us-gov-west-1b", "us-gov-west-1")]
    [InlineData("us-west-2-lax-1a", "us-west-2")]
    [InlineData("eu-1", "eu-1")]
    [InlineData("odd", "")]
    public async Task TheRegionOfAZone(string zone, string region)
    {
        _platform.Fetch = (_, _) => Task.FromResult<string?>($$"""{"AvailabilityZone": "{{zone}}"}""");
        XdsNode found = (await _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", "http://h/v4")).CompleteAsync()).Node;
        Assert.Equal((region, zone), (found.Region, found.Zone));
    }

    /// <summary>A zone means something in its region only.</summary>
    [Theory]
    [InlineData("", "", "us-west-2", "us-west-2d")]
    [InlineData("us-west-2", "", "us-west-2", "us-west-2d")]
    [InlineData("", "us-west-2d", "us-west-2", "us-west-2d")]
    [InlineData("here", "", "here", "")]
    [InlineData("", "there", "", "there")]
    public async Task NoPlaceIsMixed(string region, string zone, string foundRegion, string foundZone)
    {
        _platform.Fetch = (_, _) => Task.FromResult<string?>(Metadata);
        XdsNode found = (await _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", "http://h/v4")).CompleteAsync(new XdsNode { Region = region, Zone = zone })).Node;
        Assert.Equal((foundRegion, foundZone), (found.Region, found.Zone));
    }

    [Theory]
    [InlineData("http://h/v4", "[]", "http://h/v4/task gave no JSON object with the task's metadata: ")]
    [InlineData("http://h/v4", "", "http://h/v4/task gave no JSON object with the task's metadata: ")]
    [InlineData("http://h/v4", "{\"TaskARN\":\"\\ud800\"}", "http://h/v4/task gave no JSON object with the task's metadata: ")]
    [InlineData("http://h/v4", null, "http://h/v4/task gave no metadata of the task: no route")]
    [InlineData("file:///etc", "{}", "the variable ECS_CONTAINER_METADATA_URI_V4 is 'file:///etc', which is no http URI; the task's metadata stays unknown")]
    [InlineData("no uri", "{}", "the variable ECS_CONTAINER_METADATA_URI_V4 is 'no uri', which is no http URI; the task's metadata stays unknown")]
    public async Task WhatDoesNotAnswerLeavesTheNode(string uri, string? answer, string warning)
    {
        _platform.Fetch = (_, _) => answer is null ? throw new HttpRequestException("no route") : Task.FromResult<string?>(answer);
        _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", uri));
        Assert.Equal(new CompletedNode(new XdsNode { Id = "x" }, null), await _platform.CompleteAsync(new XdsNode { Id = "x" }));
        Assert.StartsWith(warning, Assert.Single(_platform.Warnings), StringComparison.Ordinal);
        Assert.False(_platform.HasErrors);
    }

    [Fact]
    public async Task CancellingIsNoFinding()
    {
        _platform.Fetch = (_, token) => Task.FromException<string?>(new OperationCanceledException(token));
        _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", "http://h/v4"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _platform.CompleteAsync(cancellation: new CancellationToken(canceled: true)));
        Assert.Empty(_platform.Warnings);
    }

    [Fact]
    public async Task WithoutFetchEcsIsNotAsked() =>
        Assert.Equal(XdsNode.Empty, (await _platform.Set(("ECS_CONTAINER_METADATA_URI_V4", "http://h/v4")).CompleteAsync()).Node);

    [Fact]
    public async Task AFunction()
    {
        _platform.Set(
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"), ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"), ("AWS_REGION", "eu-west-1"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/20/[$LATEST]ab"), ("ECS_CONTAINER_METADATA_URI_V4", "http://h/v4"));
        _platform.Fetch = (_, _) => throw new InvalidOperationException("must not be asked");
        XdsNode found = (await _platform.CompleteAsync()).Node;
        Assert.Equal(
            new XdsNode
            {
                Id = "orders/2026/11/20/[$LATEST]ab",
                Cluster = "orders",
                Region = "eu-west-1",
                Metadata = PlatformUnderTest.Json("""{"AWS_LAMBDA_FUNCTION_NAME":"orders","AWS_LAMBDA_FUNCTION_VERSION":"$LATEST"}"""),
            },
            found);
    }

    /// <summary>Nothing works in the background of a function unless it is told to.</summary>
    [Theory]
    [InlineData("orders", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void AFunctionIsKnownByItsName(string? name, bool known) =>
        Assert.Equal(known, LambdaPlatform.IsFunction(variable => variable == "AWS_LAMBDA_FUNCTION_NAME" ? name : null));
}
