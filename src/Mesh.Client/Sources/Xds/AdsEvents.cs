using Mesh.Resources;

namespace Mesh.Sources.Xds;

/// <summary>What happens between the mesh and its control planes, for logs and for those who watch.</summary>
internal abstract record AdsEvent(string Server);

/// <summary>A stream is open.</summary>
internal sealed record StreamOpened(string Server, bool Delta) : AdsEvent(Server);

/// <summary>A stream has ended, or could not be opened.</summary>
/// <param name="Server">The server.</param>
/// <param name="Reason">Why.</param>
/// <param name="GotReply">Whether it had brought a response.</param>
internal sealed record StreamClosed(string Server, string Reason, bool GotReply) : AdsEvent(Server);

/// <summary>A response was accepted or refused.</summary>
/// <param name="Server">The server.</param>
/// <param name="Type">The type it is of.</param>
/// <param name="Version">Its version.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Resources">How many resources it holds.</param>
/// <param name="Error">Why it was refused; null when it was accepted.</param>
internal sealed record ResponseJudged(string Server, ResourceType Type, string Version, string Nonce, int Resources, string? Error) : AdsEvent(Server);

/// <summary>An authority is asked of another server: of the next because this one cannot be reached, or of an earlier one that answers again.</summary>
internal sealed record ServerChanged(string Server, string Authority, bool IsFallback) : AdsEvent(Server);

/// <summary>A resource has not come in time, has outlived its time, or is gone.</summary>
internal sealed record ResourceMissing(string Server, ResourceType Type, string Name, string Error) : AdsEvent(Server);

/// <summary>Load reports to a server have ended, or could not begin; they are tried again, ever more seldom.</summary>
internal sealed record LoadReportsEnded(string Server, string Reason) : AdsEvent(Server);

/// <summary>The last known good serves, for want of a control plane.</summary>
internal sealed record SavedServes(string Path) : AdsEvent("");
