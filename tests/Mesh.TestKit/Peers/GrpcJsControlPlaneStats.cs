using System.Text.Json.Nodes;

namespace Mesh.TestKit.Peers;

/// <summary>A snapshot is out.</summary>
/// <param name="Version">Its version.</param>
/// <param name="At">When sending began: nanoseconds of the machine's monotonic clock, which TimeProvider.System's timestamps are of too.</param>
internal sealed record GrpcJsPublished(string Version, long At);

/// <summary>A generated mesh is out.</summary>
/// <param name="Version">Its version.</param>
/// <param name="At">As <see cref="GrpcJsPublished.At"/>.</param>
/// <param name="First">The first of all the endpoints' addresses.</param>
/// <param name="Last">The last.</param>
internal sealed record GrpcJsGenerated(string Version, long At, string First, string Last);

/// <summary>A generated mesh has a new endpoint.</summary>
/// <param name="Version">Its version.</param>
/// <param name="At">As <see cref="GrpcJsPublished.At"/>.</param>
/// <param name="Address">The new endpoint's address and port: the name <see cref="GrpcJsBackends.StartEverywhereAsync"/> answers under.</param>
internal sealed record GrpcJsChanged(string Version, long At, string Address);

/// <summary>What <see cref="GrpcJsControlPlane"/> has seen.</summary>
/// <param name="OpenStreams">Streams that are open, those of LRS included.</param>
/// <param name="Streams">All streams in the order they came.</param>
internal sealed record GrpcJsControlPlaneStats(int OpenStreams, IReadOnlyList<GrpcJsStreamStats> Streams);

/// <summary>A stream.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Protocol">`sotw`, `delta` or `lrs`.</param>
/// <param name="Open">Whether it is still open.</param>
/// <param name="Requests">The requests that came on it.</param>
/// <param name="Node">The node of the first request, its metadata as plain JSON; field names as the protos have them.</param>
/// <param name="NodeRepeated">Later requests that had a node too.</param>
/// <param name="UnknownTypes">Type URLs that were asked for and are not known here.</param>
/// <param name="Types">What happened, by type: `clusters` and so on.</param>
/// <param name="Reports">Load reports; null unless the stream is for them.</param>
internal sealed record GrpcJsStreamStats(
    int Id,
    string Protocol,
    bool Open,
    int Requests,
    JsonObject? Node,
    int NodeRepeated,
    IReadOnlyList<string> UnknownTypes,
    IReadOnlyDictionary<string, GrpcJsTypeStats> Types,
    GrpcJsLoadReports? Reports);

/// <summary>A type on a stream.</summary>
/// <param name="Requests">Requests for it.</param>
/// <param name="Responses">Responses.</param>
/// <param name="Acks">Responses that were accepted.</param>
/// <param name="Nacks">Responses that were not.</param>
/// <param name="Errors">The texts of the last NACKs.</param>
/// <param name="Names">The names subscribed now.</param>
/// <param name="Wildcard">Whether everything is subscribed.</param>
/// <param name="SentVersion">The version last sent.</param>
/// <param name="AckedVersion">The version last accepted.</param>
/// <param name="StaleNonces">Requests with the nonce of an older response, or none after one; they are ignored.</param>
/// <param name="NonceViolations">Requests with a nonce this stream never gave.</param>
/// <param name="VersionViolations">ACKs that named another version than the response had.</param>
internal sealed record GrpcJsTypeStats(
    int Requests,
    int Responses,
    int Acks,
    int Nacks,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Names,
    bool Wildcard,
    string? SentVersion,
    string? AckedVersion,
    int StaleNonces,
    int NonceViolations,
    int VersionViolations);

/// <summary>The load a client has reported.</summary>
/// <param name="Messages">Messages after the first.</param>
/// <param name="Clusters">Sums by cluster.</param>
internal sealed record GrpcJsLoadReports(int Messages, IReadOnlyDictionary<string, GrpcJsLoad> Clusters);

/// <summary>The load of a cluster.</summary>
/// <param name="Service">Its EDS service name.</param>
/// <param name="Reports">Reports that named it.</param>
/// <param name="Issued">Requests issued.</param>
/// <param name="Successful">Those that succeeded.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Dropped">Those dropped before they were issued.</param>
/// <param name="Localities">`region/zone/sub-zone` of each locality named.</param>
internal sealed record GrpcJsLoad(
    string Service, int Reports, long Issued, long Successful, long Failed, long Dropped, IReadOnlyList<string> Localities);
