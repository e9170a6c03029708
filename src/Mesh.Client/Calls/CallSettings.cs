namespace Mesh.Calls;

/// <summary>What calls need to know of the options.</summary>
internal sealed record CallSettings
{
    /// <summary>How long a call waits for the first configuration.</summary>
    public TimeSpan FirstConfigTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much of a streamed request body is kept for a retry, in bytes.</summary>
    public int BodyReplayLimit { get; init; } = 64 * 1024;

    /// <summary>Raise <see cref="MeshException"/> instead of giving a local reply.</summary>
    public bool ThrowOnLocalReply { get; init; }

    /// <summary>Let a request set its own retries and timeouts by <c>x-envoy-*</c> headers, which are then not sent on.</summary>
    public bool TrustEnvoyHeaders { get; init; }

    /// <summary>Hosts that belong to the mesh whatever the snapshot knows: names, and suffixes that start with a dot.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Refuse hosts the mesh does not know instead of passing them through.</summary>
    public bool RejectUnknownHosts { get; init; }

    public bool ClaimsHost(string host)
    {
        foreach (string name in Hosts)
        {
            bool claims = name[0] == '.'
                ? host.EndsWith(name, StringComparison.OrdinalIgnoreCase)
                : host.Equals(name, StringComparison.OrdinalIgnoreCase);
            if (claims)
                return true;
        }

        return false;
    }
}
