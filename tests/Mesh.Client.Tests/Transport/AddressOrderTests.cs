using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Mesh.Resources;
using Mesh.Transport;
using Xunit;

namespace Mesh.Client.Tests.Transport;

/// <summary>In which order the addresses of an endpoint are tried; the cases are those of Envoy's own tests and of RFC 8305 section 4.</summary>
public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b c", "a b c")]
    [InlineData("A B C", "A B C")]
    [InlineData("A B a b", "A a B b")]
    [InlineData("A B C a", "A a B C")]
    [InlineData("A B a b C c d", "A a B b C c d")]
    [InlineData("a A B C", "a A B C")]
    [InlineData("a b A B", "A a B b", AddressFamily.InterNetworkV6)]
    [InlineData("A B a b", "a A b B", AddressFamily.InterNetwork)]
    [InlineData("a b", "a b", AddressFamily.InterNetworkV6)]
    [InlineData("a A B C b D", "A B a C D b", AddressFamily.InterNetworkV6, 2u)]
    [InlineData("a b A B", "a b A B", AddressFamily.Unspecified, uint.MaxValue)]
    public void FamiliesTakeTurns(string addresses, string ordered, AddressFamily first = AddressFamily.Unspecified, uint count = 1) =>
        Assert.Equal(Addresses(ordered), AddressOrder.Interleave(Addresses(addresses), new AddressOrderResource(first, count)));

    [Fact]
    public void NoAddressIsLostAndFamiliesStayInOrder() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Elements('a', 'b', 'c', 'A', 'B', 'C').ListOf().ToArbitrary(),
            Gen.Choose(1, 4).ToArbitrary(),
            (letters, count) =>
            {
                EndPoint[] addresses = Addresses(string.Join(' ', letters));
                EndPoint[] ordered = AddressOrder.Interleave(addresses, new AddressOrderResource(AddressFamily.Unspecified, (uint)count));
                return ordered.Length == addresses.Length
                    && addresses.GroupBy(address => address.AddressFamily).All(family => family.SequenceEqual(ordered.Where(address => address.AddressFamily == family.Key)))
                    && (addresses.Length == 0 || ordered[0].Equals(addresses[0]));
            }));

    /// <summary>Small letters are IPv4 addresses, large ones IPv6.</summary>
    private static EndPoint[] Addresses(string letters) =>
        [.. letters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(letter => new IPEndPoint(IPAddress.Parse(char.IsUpper(letter[0]) ? $"::{letter[0] - 'A' + 1}" : $"127.0.0.{letter[0] - 'a' + 1}"), 1))];
}
