using System.Globalization;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>One content of a resource: what it leads to, and which it is; a bad one is refused by every client.</summary>
/// <param name="LeadsTo">The routes of a listener, the clusters of routes, the assignment of a cluster; empty for a cluster with an endpoint of its own.</param>
/// <param name="Version">Counts over all contents.</param>
/// <param name="IsBad">Whether no client may accept it.</param>
internal sealed record Content(IReadOnlyList<string> LeadsTo, int Version, bool IsBad);

/// <summary>All a control plane has, and how it is written.</summary>
internal sealed class World
{
    public const int Listener = 0, Routes = 1, Cluster = 2, Endpoints = 3;

    public static readonly string[] Types = [Texts.ListenerType, Texts.RoutesType, Texts.ClusterType, Texts.AssignmentType];
    private static readonly string[] Prefixes = ["h", "r", "c", "e"];

    /// <summary>Names of each type.</summary>
    public const int Names = 3;

    private int _version;

    public Dictionary<(int Type, string Name), Content> Resources { get; } = [];

    public static string Name(int type, int number) => Prefixes[type] + (number % Names).ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets a resource to something new.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="number">Which it is.</param>
    /// <param name="choice">What it leads to.</param>
    /// <param name="bad">Whether it is one to refuse.</param>
    public void Set(int type, int number, int choice, bool bad) => Resources[(type, Name(type, number))] = new Content(LeadsTo(type, choice), ++_version, bad);

    /// <summary>Makes everything good, and gives what is missing.</summary>
    public void Heal()
    {
        for (int type = 0; type < 4; type++)
        {
            for (int i = 0; i < Names; i++)
            {
                if (!Resources.TryGetValue((type, Name(type, i)), out Content? content) || content.IsBad)
                    Set(type, i, i, bad: false);
            }
        }
    }

    public static string Text(int type, string name, Content content) => (type, content.IsBad) switch
    {
        (Listener, false) => Texts.Listener(name, content.LeadsTo[0]),
        (Listener, true) => Texts.Resource(Texts.ListenerType, $"name: {name}"),
        (Routes, false) => Trees.RoutesTo(name, [.. content.LeadsTo]),
        (Routes, true) => Texts.Resource(Texts.RoutesType, $"name: {name}, virtual_hosts: [{{name: bad}}]"),
        (Cluster, false) when content.LeadsTo.Count > 0 => Texts.EdsCluster(name, content.LeadsTo[0]),
        (Cluster, false) => Texts.Cluster(name, Address(name, content)),
        (Cluster, true) => Texts.Resource(Texts.ClusterType, $"name: {name}, type: EDS"),
        (_, false) => Texts.Assignment(name, Address(name, content)),
        _ => Texts.Resource(Texts.AssignmentType, $"cluster_name: {name}, endpoints: [{{lb_endpoints: [{{endpoint: {{}}}}]}}]"),
    };

    /// <summary>The address of an endpoint tells whose it is and of which version.</summary>
    public static string Address(string name, Content content) => string.Create(CultureInfo.InvariantCulture, $"10.{(int)name[0]}.0.{(int)name[1]}:{1000 + content.Version}");

    /// <summary>What a host is served when all is well.</summary>
    public string Whole(string host) => string.Join(' ', Resources[(Routes, Resources[(Listener, host)].LeadsTo[0])].LeadsTo.Select(cluster =>
    {
        Content content = Resources[(Cluster, cluster)];
        string address = content.LeadsTo.Count == 0 ? Address(cluster, content) : Address(content.LeadsTo[0], Resources[(Endpoints, content.LeadsTo[0])]);
        return $"{cluster}={address}";
    }));

    private static string[] LeadsTo(int type, int choice) => type switch
    {
        Listener => [Name(Routes, choice)],
        Routes => choice % 2 == 0 ? [Name(Cluster, choice)] : [Name(Cluster, choice), Name(Cluster, choice + 1)],
        Cluster => choice % 4 == 3 ? [] : [Name(Endpoints, choice)],
        _ => [],
    };
}
