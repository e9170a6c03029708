using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.TestKit.Peers;

/// <summary>
/// The least of a DNS client: A and AAAA records over UDP from one server on a loopback port, which the platform's resolver cannot be pointed to,
/// with their times to live.
/// </summary>
internal sealed class UdpDnsResolver(int port) : IDnsResolver
{
    private const int HeaderLength = 12;
    private const ushort A = 1, Aaaa = 28, Internet = 1;
    private const int NoError = 0, NameError = 3;

    public async ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        if (family != AddressFamily.Unspecified)
            return await AskAsync(host, family == AddressFamily.InterNetwork ? A : Aaaa, cancellationToken);
        var four = await AskAsync(host, A, cancellationToken);
        var six = await AskAsync(host, Aaaa, cancellationToken);
        return new DnsAnswer([.. four.Addresses, .. six.Addresses], four.Ttl < six.Ttl ? four.Ttl : six.Ttl ?? four.Ttl);
    }

    private async Task<DnsAnswer> AskAsync(string host, ushort type, CancellationToken cancellationToken)
    {
        using var socket = new UdpClient();
        socket.Connect(IPAddress.Loopback, port);
        var id = (ushort)Random.Shared.Next(ushort.MaxValue);
        await socket.SendAsync(Query(id, host, type), cancellationToken);
        while (true)
        {
            var received = await socket.ReceiveAsync(cancellationToken);
            if (received.Buffer.Length >= HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(received.Buffer) == id)
                return Read(received.Buffer, type);
        }
    }

    private static byte[] Query(ushort id, string host, ushort type)
    {
        var query = new List<byte>();
        Add(id);
        Add(0x0100); // recursion desired
        Add(1);
        Add(0);
        Add(0);
        Add(0);
        foreach (var label in host.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.Add(0);
        Add(type);
        Add(Internet);
        return [.. query];

        void Add(ushort value)
        {
            query.Add((byte)(value >> 8));
            query.Add((byte)value);
        }
    }

    private static DnsAnswer Read(byte[] message, ushort type)
    {
        var code = message[3] & 0xF;
        if (code is not (NoError or NameError))
            throw new IOException($"the name server answered with code {code}");
        var addresses = new List<IPAddress>();
        TimeSpan? shortest = null;
        var at = SkipName(message, HeaderLength) + 4;
        for (var answers = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6)); answers > 0; answers--)
        {
            at = SkipName(message, at);
            var record = message.AsSpan(at);
            var ttl = TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(record[4..]));
            int length = BinaryPrimitives.ReadUInt16BigEndian(record[8..]);
            if (shortest is null || ttl < shortest)
                shortest = ttl;
            if (BinaryPrimitives.ReadUInt16BigEndian(record) == type)
                addresses.Add(new IPAddress(record.Slice(10, length)));
            at += 10 + length;
        }

        return new DnsAnswer(addresses, shortest);
    }

    private static int SkipName(byte[] message, int at)
    {
        while (message[at] is > 0 and < 0xC0)
            at += message[at] + 1;

        // It ends with an empty label, or with a pointer of two bytes to where it was written before.
        return at + (message[at] == 0 ? 1 : 2);
    }
}
