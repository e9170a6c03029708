namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Chance whose numbers the test gives: the same one every time, as Envoy's tests give theirs.</summary>
internal sealed class GivenRandom(ulong number = 0, double share = 0.5) : Random
{
    public override long NextInt64(long maxValue) => (long)(number % (ulong)maxValue);

    public override double NextDouble() => share;
}
