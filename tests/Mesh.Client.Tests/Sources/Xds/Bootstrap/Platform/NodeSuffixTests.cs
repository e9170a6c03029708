using Mesh.Sources.Xds.Bootstrap.Platform;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap.Platform;

/// <summary>Which suffix claims hosts for the mesh.</summary>
public sealed class NodeSuffixTests
{
    [Theory]
    [InlineData("sidecar~10.0.0.1~p.ns~ns.svc.cluster.local", ".svc.cluster.local")]
    [InlineData("sidecar~10.0.0.1~p.ns~svc.Cluster.Local.", ".svc.cluster.local")]
    [InlineData("router~fd00::1~p.ns~ns.svc.x", ".svc.x")]
    [InlineData("sidecar~10.0.0.1~p.ns~ns.internal", null)]
    [InlineData("sidecar~10.0.0.1~p.ns~ns.svc", null)]
    [InlineData("sidecar~10.0.0.1~p.ns~ns.svc.", null)]
    [InlineData("sidecar~10.0.0.1~p.ns~", null)]
    [InlineData("sidecar~10.0.0.1~ns.svc.cluster.local", null)]
    [InlineData("a~b~c~d~ns.svc.cluster.local", null)]
    [InlineData("p.ns.svc.cluster.local", null)]
    [InlineData("", null)]
    public void OfIds(string id, string? suffix) => Assert.Equal(suffix, NodeSuffix.OfId(id));

    [Theory]
    [InlineData("search ns.svc.cluster.local svc.cluster.local cluster.local", ".svc.cluster.local")]
    [InlineData("search corp.example\tsvc.c.\n", ".svc.c")]
    [InlineData("search a.svc.one\nsearch\tb.svc.two\noptions ndots:5", ".svc.two")]
    [InlineData("search corp.example mysvc.example", null)]
    [InlineData("nameserver 1.1.1.1", null)]
    [InlineData("searching svc.x", null)]
    [InlineData("search ", null)]
    [InlineData("", null)]
    public void OfSearchLists(string text, string? suffix) => Assert.Equal(suffix, NodeSuffix.OfResolvConf(text));
}
