using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Names;
using Mesh.Sources.Xds.Streams;

namespace Mesh.Sources.Xds;

/// <summary>One authority: who speaks for it, in order, and who of them is spoken to (gRFC A47, A71).</summary>
/// <param name="name">Its key: empty for the default one, which names of the old style belong to.</param>
/// <param name="servers">Its servers.</param>
internal sealed class AuthorityState(string name, IReadOnlyList<XdsServer> servers)
{
    /// <summary>Tells the authority of an xdstp name, which may be empty, from the default one.</summary>
    private const string Mark = "//";

    /// <summary>Its key.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<XdsServer> Servers { get; } = servers;

    /// <summary>The last of the servers that are spoken to; those before it are tried on.</summary>
    public int Active { get; set; }

    /// <summary>Whether anything is asked of it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>The key of the authority that a resource's name belongs to.</summary>
    public static string KeyOf(string resource) => XdstpName.Parse(resource) is { IsXdstp: true } name ? Mark + name.Authority : "";

    /// <summary>The key of an authority of the bootstrap.</summary>
    public static string KeyOfAuthority(string authority) => Mark + authority;

    /// <summary>An authority as people write it.</summary>
    public static string Show(string key) => key.StartsWith(Mark, StringComparison.Ordinal) ? key[Mark.Length..] : key;

    public bool IsSpokenTo(XdsServer server) => IndexOf(server) is >= 0 and var at && at <= Active;

    public int IndexOf(XdsServer server)
    {
        for (int i = 0; i < Servers.Count; i++)
        {
            if (Servers[i].Equals(server))
                return i;
        }

        return -1;
    }
}

/// <summary>
/// The connections, one a server for the whole process whatever the number of authorities it speaks for, and which of them are
/// wanted. Control loop only.
/// </summary>
internal sealed class ControlPlanes : IAsyncDisposable
{
    private readonly Func<XdsServer, AdsConnection> _connect;
    private readonly Dictionary<XdsServer, AdsConnection> _connections = [];
    private readonly Dictionary<string, AuthorityState> _authorities = new(StringComparer.Ordinal);
    private readonly List<Task> _closing = [];

    public ControlPlanes(XdsBootstrap bootstrap, Func<XdsServer, AdsConnection> connect)
    {
        _connect = connect;
        _authorities[""] = new AuthorityState("", bootstrap.Servers) { IsWanted = true };
        foreach (var (name, authority) in bootstrap.Authorities)
        {
            string key = AuthorityState.KeyOfAuthority(name);
            _authorities[key] = new AuthorityState(key, authority.Servers.Count > 0 ? authority.Servers : bootstrap.Servers);
        }
    }

    public IReadOnlyDictionary<string, AuthorityState> Authorities => _authorities;

    public IReadOnlyDictionary<XdsServer, AdsConnection> Connections => _connections;

    /// <summary>The connection an authority's answers are waited for on.</summary>
    public AdsConnection ActiveOf(AuthorityState authority) => _connections[authority.Servers[authority.Active]];

    /// <summary>Opens what is wanted and has no connection; closes what nobody wants any more.</summary>
    public void Reconcile()
    {
        HashSet<XdsServer> wanted = [.. _authorities.Values.Where(authority => authority.IsWanted).SelectMany(authority => authority.Servers.Take(authority.Active + 1))];
        foreach (XdsServer server in _connections.Keys.Where(server => !wanted.Contains(server)).ToList())
        {
            _connections.Remove(server, out AdsConnection? connection);
            connection!.Leave();
            _closing.RemoveAll(task => task.IsCompleted);
            _closing.Add(connection.DisposeAsync().AsTask());
        }

        foreach (XdsServer server in wanted)
        {
            if (!_connections.ContainsKey(server))
                _connections[server] = _connect(server);
        }
    }

    /// <summary>Hands the names of a type to the connections that are to ask for them.</summary>
    /// <param name="type">The type.</param>
    /// <param name="names">The names, each with its authority.</param>
    /// <param name="wildcard">Whether the default authority is asked for everything.</param>
    public void Ask(ResourceType type, IReadOnlyCollection<KeyValuePair<string, string>> names, bool wildcard)
    {
        foreach (var (server, connection) in _connections)
        {
            var asked = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, authority) in names)
            {
                if (_authorities.TryGetValue(authority, out AuthorityState? state) && state.IsSpokenTo(server))
                    asked.Add(name);
            }

            connection.SetNames(type, asked, wildcard && _authorities[""].IsSpokenTo(server));
        }
    }

    /// <summary>Closes every connection; to be called off the control loop, which connections need to close.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (AdsConnection connection in _connections.Values)
            await connection.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_closing).ConfigureAwait(false);
    }
}
