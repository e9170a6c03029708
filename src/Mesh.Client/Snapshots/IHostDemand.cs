namespace Mesh.Snapshots;

/// <summary>A source that can be asked for one host at a time, when it is first called.</summary>
internal interface IHostDemand
{
    /// <summary>Whether a host that nothing is known of belongs to the mesh by its name.</summary>
    bool Claims(string host);

    /// <summary>Asks for a host; the task ends once a snapshot knows it, or knows why it cannot be served. May be called from anywhere.</summary>
    Task AskAsync(string authority);

    /// <summary>Why a host that was asked for is not there yet.</summary>
    string WhyNot(string authority);
}
