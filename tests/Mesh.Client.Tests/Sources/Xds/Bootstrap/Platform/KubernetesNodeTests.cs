using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Bootstrap.Platform;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap.Platform;

/// <summary>A pod.</summary>
public sealed class KubernetesNodeTests : IDisposable
{
    private const string Namespace = "var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private readonly PlatformUnderTest _pod = new();

    public void Dispose() => _pod.Dispose();

    [Fact]
    public async Task EverythingIsKnown()
    {
        _pod.Set(("POD_NAME", "p-1"), ("POD_NAMESPACE", "shop"), ("POD_IP", "10.0.0.1"), ("NODE_NAME", "n1"), ("SERVICE_ACCOUNT", "sa"))
            .File("etc/resolv.conf", "nameserver 10.0.0.10\nsearch shop.svc.cluster.test svc.cluster.test cluster.test\noptions ndots:5\n")
            .File("etc/podinfo/labels", "app=\"web\"\ntopology.kubernetes.io/region=\"eu\"\ntopology.kubernetes.io/zone=\"eu-a\"\n");
        CompletedNode found = await _pod.CompleteAsync();
        Assert.Equal(
            new XdsNode
            {
                Id = "sidecar~10.0.0.1~p-1.shop~shop.svc.cluster.test",
                Region = "eu",
                Zone = "eu-a",
                Metadata = PlatformUnderTest.Json("""
                    {"NAME": "p-1", "NAMESPACE": "shop", "INSTANCE_IPS": "10.0.0.1", "NODE_NAME": "n1", "SERVICE_ACCOUNT": "sa",
                     "LABELS": {"app": "web", "topology.kubernetes.io/region": "eu", "topology.kubernetes.io/zone": "eu-a"}}
                    """),
            },
            found.Node);
        Assert.Equal(".svc.cluster.test", found.DnsSuffix);
        Assert.Empty(_pod.Warnings);
    }

    [Theory]
    [InlineData("p", "10.0.0.1", "sidecar~10.0.0.1~p.mounted~mounted.svc.cluster.local")]
    [InlineData("p", "fd00::1", "sidecar~fd00::1~p.mounted~mounted.svc.cluster.local")]
    [InlineData("p", "", "p.mounted")]
    [InlineData("", "10.0.0.1", "")]
    public async Task IdsOfLess(string pod, string address, string id)
    {
        _pod.Set(("POD_NAME", pod), ("INSTANCE_IP", address)).File(Namespace, "mounted\n");
        Assert.Equal(id, (await _pod.CompleteAsync()).Node.Id);
    }

    [Fact]
    public async Task WhatIsSetExplicitlyWins()
    {
        _pod.Set(("POD_NAME", "p"), ("POD_NAMESPACE", "ns"), ("POD_IP", "10.0.0.1"));
        var own = new XdsNode { Id = "mine", Cluster = "c", Metadata = PlatformUnderTest.Json("""{"NAMESPACE":"other","INSTANCE_IPS":null,"X":[1.50]}""") };
        CompletedNode found = await _pod.CompleteAsync(own);
        Assert.Equal(own with { Metadata = PlatformUnderTest.Json("""{"NAMESPACE":"other","INSTANCE_IPS":null,"X":[1.50],"NAME":"p"}""") }, found.Node);
        Assert.Null(found.DnsSuffix);
    }

    [Fact]
    public async Task NoAddressIsPassedOver()
    {
        _pod.Set(("POD_NAME", "p"), ("POD_NAMESPACE", "ns"), ("POD_IP", "$(POD_IP)"));
        Assert.Equal("p.ns", (await _pod.CompleteAsync()).Node.Id);
        Assert.Equal(["the variable POD_IP is '$(POD_IP)', which is no IP address; it is passed over"], _pod.Warnings);
        _pod.Set(("INSTANCE_IP", "10.0.0.2"));
        Assert.StartsWith("sidecar~10.0.0.2~", (await _pod.CompleteAsync()).Node.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileTooLargeIsPassedOver()
    {
        _pod.Set(("POD_NAME", "p")).File("etc/podinfo/labels", new string('x', (1 << 20) + 1));
        await _pod.CompleteAsync();
        Assert.EndsWith("etc/podinfo/labels is larger than the 1048576 bytes allowed", Assert.Single(_pod.Warnings), StringComparison.Ordinal);
        Assert.False(_pod.HasErrors);
    }

    [Fact]
    public async Task NoPlatformAddsNothing()
    {
        var own = new XdsNode { Id = "sidecar~1.2.3.4~p.n~n.svc.c", Zone = "z" };
        CompletedNode found = await _pod.File("etc/resolv.conf", "search svc.cluster.local").CompleteAsync(own);
        Assert.Equal(new CompletedNode(own, ".svc.c"), found);
        Assert.Equal(new CompletedNode(XdsNode.Empty, null), await _pod.CompleteAsync());
    }

    [Theory]
    [InlineData("a=\"b\"\nc=\"\"\n", "a=b;c=")]
    [InlineData("a=\"x\\\"y\\\\z\\n\"", "a=x\"y\\z\n")]
    [InlineData("a=b\n=\"c\"\nno\n\n d=\"e\" \r\n", "d=e")]
    [InlineData("a=\"", "")]
    public void Labels(string text, string found) =>
        Assert.Equal(found, string.Join(';', DownwardLabels.Read(text).Select(label => $"{label.Key}={label.Value}")));
}
