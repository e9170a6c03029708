using Planted.Calls;

namespace Planted.Wire;

internal sealed class Lower;

internal sealed class ByBase : Upper;

internal sealed class ByInterface : IUpper;

internal sealed class ByConstraint<T>
    where T : Upper;

[Upper]
internal sealed class ByAttribute;

internal sealed class ByTypeInAttribute
{
    [System.Diagnostics.CodeAnalysis.DynamicDependency("Of", typeof(Upper))]
    public override string ToString() => "";
}

internal sealed class ByField
{
    public Upper[]? Value { get; set; }
}

internal sealed class BySignature
{
    public static string Of(Dictionary<string, List<Upper?>> upper) => $"{upper.Count}";
}

internal sealed class ByNestedType
{
    public static string Of(Upper.Nested nested) => $"{nested}";
}

internal sealed class ByCall
{
    public static int Count => Upper.Count;
}

internal sealed class ByGenericCall
{
    public static int Count => Enumerable.Empty<Upper>().Count();
}

internal sealed class ByTypeOf
{
    public static string? Name => typeof(Upper).FullName;
}

internal sealed class ByLambda
{
    public static Func<int, int> Sum => number => number + Upper.Count;
}

internal sealed class ByAsyncMethod
{
    public static async Task<int> CountAsync()
    {
        await Task.Yield();
        return Upper.Count;
    }
}

internal sealed class ByCatch
{
    public static bool Fails(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (UpperException)
        {
            return true;
        }
    }
}
