using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class FaultTests
{
    public static TheoryData<string> Types => [XdsTypes.Listener, XdsTypes.RouteConfiguration, XdsTypes.Cluster, XdsTypes.Endpoints, XdsTypes.Secret];

    [Theory]
    [MemberData(nameof(Types))]
    public void AnInvalidResourceIsRefusedByTheDecoder(string type)
    {
        var errors = new Mesh.Resources.ErrorCollector();
        new ResourceDecoder(new Mesh.Resources.ResourceSet(), errors).Decode(type, InvalidResource.Of(type, "x").Bytes);
        Assert.True(errors.HasErrors);
    }

    [Theory]
    [InlineData(RawAdsCall.Sotw)]
    [InlineData(RawAdsCall.Delta)]
    public async Task AnInvalidResourceStandsAmongGoodOnesAndItsNackIsReturned(string method)
    {
        await using AdsServer server = await AdsServer.StartAsync();
        await using var call = new RawAdsCall(server, method);
        Served.Clusters(server, "a", "b");
        await (method == RawAdsCall.Sotw ? call.AskAsync(Xds.ClusterType, "a", "b") : call.SubscribeAsync(Xds.ClusterType, "a", "b"));
        await ReplyAsync();
        Task<string> refused = server.SendInvalidAsync(XdsTypes.Cluster);
        Assert.Equal("bad", await Task.WhenAny(refused, ReplyAsync("bad")) == refused ? await refused : await refused.WaitAsync(TimeSpan.FromSeconds(10)));
        Served.Change(server, "a");
        await ReplyAsync();
        await server.WaitForAckAsync(XdsTypes.Cluster);

        async Task ReplyAsync(string? error = null)
        {
            if (method == RawAdsCall.Sotw)
            {
                DiscoveryResponse response = await call.ReadAsync();
                Assert.Equal("a b", Served.Names(response));
                await (error is null ? call.AskAsync(Xds.ClusterType, response, "a", "b") : call.NackAsync(response, error, "a", "b"));
            }
            else
            {
                DeltaDiscoveryResponse response = await call.ReadDeltaAsync();
                Assert.Contains("a", Served.Names(response), StringComparison.Ordinal);
                await call.SendAsync(new DeltaDiscoveryRequest
                {
                    TypeUrl = response.TypeUrl,
                    ResponseNonce = response.Nonce,
                    ErrorDetail = error is null ? null : new Status { Code = 3, Message = error },
                });
            }
        }
    }

    [Fact]
    public async Task ALoopingServerSendsWhatWasRefusedAgainAtOnce()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { NackLoop = true });
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        Served.Clusters(server, "a");
        await call.AskAsync(Xds.ClusterType);
        var nonces = new HashSet<string>();
        for (int i = 0; i < 500; i++)
        {
            DiscoveryResponse response = await call.ReadAsync();
            Assert.Equal("a", Served.Names(response));
            nonces.Add(response.Nonce);
            await call.NackAsync(response, $"no {i}");
        }

        Assert.Equal(500, nonces.Count);
        await call.AskAsync(Xds.ClusterType, await call.ReadAsync());
        await server.WaitForAckAsync(XdsTypes.Cluster);
        AdsSubscriptionRecord subscription = server.Streams[0].Subscriptions[XdsTypes.Cluster];
        Assert.Equal(500, subscription.NackCount);
        Assert.Equal("no 499", subscription.Nacks[^1]);
    }

    [Fact]
    public async Task StreamsAreDroppedWithAStatusOrWithout()
    {
        await using AdsServer server = await AdsServer.StartAsync();
        Served.Clusters(server, "a");
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType);
            await call.ReadAsync();
            server.DropStreams(14, "going away: 100 %");
            Assert.Equal((14, "going away: 100 %"), await call.EndAsync());
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType, "nobody");
            await server.WaitForSubscriptionAsync(XdsTypes.Cluster, "nobody");
            server.DropStreams();
            Assert.Equal((14, ""), await call.EndAsync());
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType);
            await call.ReadAsync();
            server.ResetStreams();
            await Assert.ThrowsAnyAsync<IOException>(call.EndAsync);
        }

        server.FailWith(7, "not you");
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
            Assert.Equal((7, "not you"), await call.EndAsync());
        server.FailWith(0);
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType);
            Assert.Equal("a", Served.Names(await call.ReadAsync()));
        }

        Assert.Equal(5, server.CallCount);
        Assert.Equal(4, server.Streams.Count);
    }

    [Fact]
    public async Task SilenceIsMadeUpForAndADelayTakesItsTime()
    {
        var clock = new ManualTimeProvider();
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { TimeProvider = clock });
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        Served.Clusters(server, "a");
        server.Silence(XdsTypes.Cluster);
        await call.AskAsync(Xds.ClusterType);
        await Served.AssertQuietAsync(server, call);
        server.Silence(XdsTypes.Cluster, silent: false);
        DiscoveryResponse response = await call.ReadAsync();

        server.Delay(XdsTypes.Cluster, TimeSpan.FromSeconds(30));
        await call.AskAsync(Xds.ClusterType, response);
        Served.Clusters(server, "b");
        await Served.AssertQuietAsync(server, call);
        clock.Advance(TimeSpan.FromSeconds(29));
        await Served.AssertQuietAsync(server, call);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Served.Names(await call.ReadAsync()));
    }

    [Fact]
    public async Task AfterAnOutageTheServerIsWhereItWas()
    {
        await using AdsServer server = await AdsServer.StartAsync();
        Served.Clusters(server, "a");
        string address = server.Address;
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType);
            await call.ReadAsync();
            await server.StopAsync();
            await Assert.ThrowsAnyAsync<IOException>(call.EndAsync);
        }

        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
            await Assert.ThrowsAsync<HttpRequestException>(call.EndAsync);
        Assert.False(server.Streams[0].IsOpen);
        Served.Clusters(server, "b");
        await server.RestartAsync();
        Assert.Equal(address, server.Address);
        await using (var call = new RawAdsCall(server, RawAdsCall.Sotw))
        {
            await call.AskAsync(Xds.ClusterType);
            Assert.Equal("b", Served.Names(await call.ReadAsync()));
        }
    }

    [Fact]
    public async Task ResponsesAreMadeByHand()
    {
        await using AdsServer server = await AdsServer.StartAsync();
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        Served.Clusters(server, "a");
        await call.AskAsync(Xds.ClusterType);
        await call.ReadAsync();
        var crafted = new DiscoveryResponse
        {
            TypeUrl = RawAdsCall.Url(Xds.ClusterType),
            Resources = { Any.Pack(new Cluster { Name = "twice" }), Any.Pack(new Cluster { Name = "twice" }), new Any { TypeUrl = "type.googleapis.com/who.Knows", Value = ByteString.CopyFrom(0xFF) } },
        };
        server.Send(crafted, atOnce: true);
        DiscoveryResponse response = await call.ReadAsync();
        Assert.Equal(["twice", "twice", "who.Knows"], response.Resources.Select(Served.Name));
        Assert.NotEmpty(response.Nonce);
        crafted.Nonce = "wrong";
        server.Send(crafted, atOnce: true, keepsNonce: true);
        Assert.Equal("wrong", (await call.ReadAsync()).Nonce);
        crafted.Nonce = "";
        server.Send(crafted, atOnce: true, keepsNonce: true);
        Assert.Empty((await call.ReadAsync()).Nonce);

        // Never asked for.
        server.Send(new DiscoveryResponse { TypeUrl = RawAdsCall.Url(Xds.SecretType), VersionInfo = "v" });
        Assert.Equal("v", (await call.ReadAsync()).VersionInfo);

        byte[] half = [0, 0, 0, 1, 0, 1, 2, 3];
        server.SendRaw(half);
        Assert.Equal(half, await call.ReadRawAsync(half.Length));
        server.DropStreams(13);
    }

    [Fact]
    public async Task AServerMayPushWithoutWaitingForReplies()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { AwaitsReplies = false, RepeatsUnchanged = true });
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        Served.Clusters(server, "a");
        await call.AskAsync(Xds.ClusterType);
        DiscoveryResponse first = await call.ReadAsync();
        Served.Clusters(server, "a");
        DiscoveryResponse second = await call.ReadAsync();
        Assert.Equal(first.Resources, second.Resources);
        Assert.NotEqual(first.VersionInfo, second.VersionInfo);
        await call.AskAsync(Xds.ClusterType, first);
        await call.AskAsync(Xds.ClusterType, second);
        await server.WaitForAckAsync(XdsTypes.Cluster);
        Assert.Equal(2, server.Streams[0].Subscriptions[XdsTypes.Cluster].AckCount);
    }

    [Fact]
    public async Task ErrorsStandForResources()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { ReportsAbsent = true });
        Served.Clusters(server, "a");
        server.SetError(XdsTypes.Cluster, "secret", 7, "not yours");
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        await call.AskAsync(Xds.ClusterType, "a", "secret", "nobody");
        DiscoveryResponse response = await call.ReadAsync();
        Assert.Equal("a", Served.Names(response));
        Assert.Equal(["secret 7 not yours", "nobody 5 Cluster 'nobody' does not exist"], Errors(response.ResourceErrors));
        await call.AskAsync(Xds.ClusterType, response, "a", "secret", "nobody");
        Served.Change(server, "secret");
        Assert.Equal("a secret", Served.Names(await call.ReadAsync()));

        await using var delta = new RawAdsCall(server, RawAdsCall.Delta);
        await delta.SubscribeAsync(Xds.ClusterType, "nobody");
        Assert.Equal(["nobody 5 Cluster 'nobody' does not exist"], Errors((await delta.ReadDeltaAsync()).ResourceErrors));

        static IEnumerable<string> Errors(IEnumerable<ResourceError> errors) =>
            errors.Select(e => $"{e.ResourceName.Name} {e.ErrorDetail.Code} {e.ErrorDetail.Message}");
    }

    [Fact]
    public async Task ATimeToLiveIsRenewedByHeartbeats()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { WrapsResources = true });
        Served.Clusters(server, "a", "b");
        server.SetTimeToLive(XdsTypes.Cluster, "a", TimeSpan.FromSeconds(3));
        await using var call = new RawAdsCall(server, RawAdsCall.Sotw);
        await call.AskAsync(Xds.ClusterType);
        DiscoveryResponse response = await call.ReadAsync();
        Resource[] wrapped = [.. response.Resources.Select(r => r.Unpack<Resource>())];
        Assert.Equal(["a", "b"], wrapped.Select(r => r.Name));
        Assert.Equal(TimeSpan.FromSeconds(3), wrapped[0].Ttl.ToTimeSpan());
        Assert.Null(wrapped[1].Ttl);
        Assert.Equal("a", Served.Name(wrapped[0].Resource_));

        await call.AskAsync(Xds.ClusterType, response);
        server.SendHeartbeat(XdsTypes.Cluster);
        Resource beat = Assert.Single((await call.ReadAsync()).Resources).Unpack<Resource>();
        Assert.Null(beat.Resource_);
        Assert.Equal(wrapped[0].Version, beat.Version);
    }
}
