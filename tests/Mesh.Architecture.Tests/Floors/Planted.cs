// Imports that the floors forbid, each by another way a type can be named, for the check to find; and some that are allowed.
using Microsoft.Extensions.Options;

namespace Planted.Calls
{
    internal class Upper
    {
        public const int Size = 1;

        public static int Count => Size;

        public static T Of<T>(T value) => value;

        internal sealed class Nested;
    }

    internal interface IUpper;

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class UpperAttribute : Attribute;

    internal sealed class UpperException : Exception;

    internal sealed class UsesEverythingBelow(Wire.Lower lower, Resources.Record record)
    {
        public override string ToString() => $"{lower}{record}";
    }
}

namespace Planted.Primitives
{
    internal sealed class Number;

    internal sealed class UsesItsSibling(Resources.Record record)
    {
        public override string ToString() => $"{record}";
    }
}

namespace Planted.Resources
{
    internal sealed record Record(Primitives.Number Number);
}

namespace Planted.Policies.Retries
{
    internal sealed class Retrier
    {
        public static int Count => 1;
    }

    internal sealed class UsesItsOwnRoom
    {
        public static int Count => Retrier.Count;
    }
}

namespace Planted.Policies.Timeouts
{
    internal sealed class UsesAnotherPolicy
    {
        public static int Count => Retries.Retrier.Count;
    }
}

namespace Planted.Nowhere
{
    internal sealed class HasNoFloor;
}

namespace Planted.Matching
{
    internal sealed class UsesTheRoot
    {
        public static string Name => Entrance.Name;
    }

    internal sealed class UsesHttpClient
    {
        public static string? Name => typeof(HttpClient).FullName;
    }

    internal sealed class UsesOptions(IOptions<string> options)
    {
        public override string ToString() => options.Value;
    }

    internal sealed class UsesProtobuf
    {
        public static string? Name => typeof(Google.Protobuf.ByteString).FullName;
    }
}

namespace Planted
{
    internal static class Entrance
    {
        public static string Name => "root";

        public static IOptions<string> Wires => Options.Create($"{new Calls.Upper()}");
    }
}
