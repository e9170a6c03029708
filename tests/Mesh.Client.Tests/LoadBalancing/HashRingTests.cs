using FsCheck;
using FsCheck.Fluent;
using Mesh.LoadBalancing;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>A ring that is changed is the ring that would have been built.</summary>
public sealed class HashRingTests
{
    [Fact]
    public void AChangedRingIsTheOneThatWouldHaveBeenBuilt() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                Gen.Choose(0, 60).NonEmptyListOf().NonEmptyListOf().ToArbitrary(),
                steps =>
                {
                    HashRing? ring = null;
                    foreach (List<int> step in steps)
                    {
                        HashedEndpoint[] endpoints = Endpoints(step);
                        ring = HashRing.Build(endpoints, 100, 4000, murmur: false, ring);
                        if (!ring.Entries.SequenceEqual(HashRing.Build(endpoints, 100, 4000, murmur: false).Entries))
                            return false;
                    }

                    return true;
                }));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(8_000_000, 1)]
    public void ARingIsNeverEmpty(ulong minimum, ulong maximum)
    {
        HashRing ring = HashRing.Build(Endpoints([1, 2, 3]), minimum, maximum, murmur: true);
        Assert.Equal(1, ring.Entries.Length);
        foreach (ulong hash in new ulong[] { 0, 1, ulong.MaxValue / 2, ulong.MaxValue })
            Assert.InRange(ring.EndpointAt(ring.Find(hash), 5), 0, 2);
    }

    [Fact]
    public void AHashBelongsToTheFirstEntryAtOrBehindIt()
    {
        HashRing ring = HashRing.Build(Endpoints([.. Enumerable.Range(0, 37)]), 2000, 4000, murmur: false);
        var random = new Random(7);
        for (int i = 0; i < 10_000; i++)
        {
            ulong hash = i < ring.Entries.Length ? ring.Entries[i].Hash + (ulong)(i % 3) - 1 : (ulong)random.NextInt64();
            int expected = 0;
            while (expected < ring.Entries.Length && ring.Entries[expected].Hash < hash)
                expected++;
            Assert.Equal(expected % ring.Entries.Length, ring.Find(hash));
        }
    }

    [Fact]
    public void OneEndpointLessMovesFewOthersHashes()
    {
        HashRing before = HashRing.Build(Endpoints([.. Enumerable.Range(0, 10)]), 1000, 10_000, murmur: false);
        HashRing after = HashRing.Build(Endpoints([.. Enumerable.Range(0, 9)]), 1000, 10_000, murmur: false, before);
        int moved = 0;
        for (int i = 0; i < 5000; i++)
        {
            ulong hash = (ulong)i * (ulong.MaxValue / 5000);
            int owner = before.EndpointAt(before.Find(hash));
            moved += owner != 9 && owner != after.EndpointAt(after.Find(hash)) ? 1 : 0;
        }

        // The ring is scaled anew, by which each of the others has a few entries more.
        Assert.InRange(moved, 1, 5000 / 5);
    }

    /// <summary>An endpoint for each number, whose weight the number decides; one of the same number is the same.</summary>
    private static HashedEndpoint[] Endpoints(List<int> numbers)
    {
        int[] distinct = [.. numbers.Distinct()];
        double sum = distinct.Sum(Weight);
        return [.. distinct.Select((number, i) => new HashedEndpoint($"10.0.0.{number}:80", Weight(number) / sum, i))];

        static double Weight(int number) => 1 + (number % 3);
    }
}
