using System.Net;
using Mesh.Resources;

namespace Mesh.Probing.Dns;

/// <summary>A name and the families of addresses that are wanted of it: what an answer is for, whoever asked.</summary>
/// <param name="Host">The name.</param>
/// <param name="Family">The families.</param>
internal readonly record struct DnsName(string Host, DnsLookupFamily Family);

/// <summary>A name as some clusters want it to be resolved; clusters that agree in all of it share the asking.</summary>
/// <param name="Name">The name.</param>
/// <param name="Settings">How often, and what after a failure.</param>
/// <param name="EmptyFails">Whether an answer without addresses is a failure (LOGICAL_DNS) or good news of none (STRICT_DNS).</param>
internal readonly record struct DnsQuestion(DnsName Name, DnsSettingsResource Settings, bool EmptyFails);

/// <summary>How asking for a name ended.</summary>
/// <param name="Addresses">The addresses, in the order of the answer, all different; empty for an answer without any and after a failure.</param>
/// <param name="Ttl">How long they hold; null when that is not known.</param>
/// <param name="Failure">Why there is no answer; null when there is one.</param>
internal sealed record DnsOutcome(IPAddress[] Addresses, TimeSpan? Ttl, string? Failure)
{
    public static DnsOutcome Failed(string why) => new([], null, why);
}
