using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Asks model and library the same, and finds the smallest case they disagree on.</summary>
internal static class Comparison
{
    private const ulong DefaultSeed = 20_261_120;

    /// <summary>The step of the generator, odd and large: with a small one, neighbouring seeds would make the same cases.</summary>
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private static readonly Arbitrary<Case> Cases = Arb.From(Case.Any, CaseShrinker.Shrink);

    /// <summary>Where the cases start: <c>MESH_MODEL_SEED</c>, else always the same.</summary>
    public static ulong Seed => Environment.GetEnvironmentVariable("MESH_MODEL_SEED") is { Length: > 0 } seed
        ? ulong.Parse(seed, CultureInfo.InvariantCulture)
        : DefaultSeed;

    /// <summary>Throws with the seed and the smallest case, when a request is answered differently.</summary>
    public static void Run(Model model, ulong seed, int requests) =>
        Check.One(Configuration(seed, requests / Case.RequestsPerTable), Prop.ForAll(Cases, each => Compare(model, each)));

    private static void Compare(Model model, Case each)
    {
        var product = new Product(each.Table);
        foreach (ModelRequest request in each.Requests)
        {
            ModelAnswer expected = model.Answer(each.Table, request);
            ModelAnswer actual = product.Answer(request);
            if (expected != actual)
                Assert.Fail($"model   {CaseText.Of(expected)}\nproduct {CaseText.Of(actual)}");
        }
    }

    private static Config Configuration(ulong seed, int tables) => Config.QuickThrowOnFailure
        .WithName($"MESH_MODEL_SEED={seed}")
        .WithMaxTest(tables)
        .WithStartSize(10)
        .WithEndSize(10)
        .WithQuietOnSuccess(true)
        .WithReplay(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None));
}
