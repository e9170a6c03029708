using System.Net;
using System.Net.Sockets;
using Mesh.Resources;

namespace Mesh.Probing.Dns;

/// <summary>
/// Asks a resolver for one name, in the families and the order that <c>dns_lookup_family</c> says: the second family is asked for where the first
/// gave no address, failed or not, as in Envoy.
/// </summary>
internal sealed class DnsLookup(IDnsResolver resolver, TimeProvider timeProvider)
{
    /// <summary>A resolver that says nothing for so long has failed: a name must not be forgotten over one lost answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<DnsOutcome> AskAsync(DnsName name, CancellationToken stop)
    {
        (AddressFamily first, AddressFamily? second) = name.Family switch
        {
            DnsLookupFamily.V4Only => (AddressFamily.InterNetwork, (AddressFamily?)null),
            DnsLookupFamily.V6Only => (AddressFamily.InterNetworkV6, null),
            DnsLookupFamily.V4Preferred => (AddressFamily.InterNetwork, AddressFamily.InterNetworkV6),
            DnsLookupFamily.All => (AddressFamily.Unspecified, null),
            _ => (AddressFamily.InterNetworkV6, AddressFamily.InterNetwork),
        };
        DnsOutcome outcome = await AskAsync(name.Host, first, stop).ConfigureAwait(false);
        if (second is not { } other || outcome.Addresses.Length > 0)
            return outcome;
        DnsOutcome instead = await AskAsync(name.Host, other, stop).ConfigureAwait(false);

        // That there is none is known only where both families said so.
        return instead.Addresses.Length > 0 || outcome.Failure is null ? instead : outcome;
    }

    private async Task<DnsOutcome> AskAsync(string host, AddressFamily family, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            // Some resolvers cannot be cancelled, the platform's is one; nobody is kept waiting for them.
            Task<DnsAnswer> asked = resolver.ResolveAsync(host, family, linked.Token).AsTask();
            DnsAnswer answer = await asked.WaitAsync(linked.Token).ConfigureAwait(false);
            return new DnsOutcome([.. answer.Addresses.Where(address => family is AddressFamily.Unspecified || address.AddressFamily == family).Distinct()], answer.Ttl, null);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return DnsOutcome.Failed(limit.IsCancellationRequested ? $"no answer within {Limit.TotalSeconds:0} s" : e.Message);
        }
    }
}
