using System.Reflection;

namespace Mesh.Architecture.Tests.PublicApi;

/// <summary>Types as C# writes them.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary><c>public sealed class MeshHost : IAsyncDisposable</c>.</summary>
    public static string Declaration(Type type)
    {
        IEnumerable<Type> inherited = type.BaseType is { BaseType: not null } parent && !type.IsValueType ? [parent] : [];
        string bases = string.Join(", ", inherited.Concat(type.IsEnum ? [] : OwnInterfaces(type)).Select(Of));
        return $"public {Modifiers(type)}{Kind(type)} {Of(type)}{(bases.Length == 0 ? "" : $" : {bases}")}";
    }

    public static string Of(Type type) => Write(type, null);

    /// <summary>A type with its nullable annotations.</summary>
    public static string Of(NullabilityInfo type) => Write(type.Type, type);

    private static string Write(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
            return Write(type.GetElementType()!, nullability?.ElementType);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Write(value, null)}?";
        string mark = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsArray)
            return $"{Write(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword + mark;

        string name = type.IsNested && !type.IsGenericParameter ? $"{Of(type.DeclaringType!)}.{type.Name}" : type.Name;
        if (!type.IsGenericType)
            return name + mark;
        Type[] arguments = type.GetGenericArguments();
        IEnumerable<string> texts = arguments.Select((argument, i) =>
            Write(argument, nullability?.GenericTypeArguments.Length == arguments.Length ? nullability.GenericTypeArguments[i] : null));
        return $"{name.Split('`')[0]}<{string.Join(", ", texts)}>{mark}";
    }

    private static string Modifiers(Type type)
    {
        if (type.IsInterface || type.IsValueType)
            return type.IsDefined(typeof(System.Runtime.CompilerServices.IsReadOnlyAttribute)) ? "readonly " : "";
        return (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        // The compiler gives each record this method to print its members.
        string record = type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is null ? "" : "record ";
        return type.IsValueType ? $"{record}struct" : record.Length > 0 ? "record" : "class";
    }

    /// <summary>The interfaces the type adds itself, but a record's equality.</summary>
    private static IEnumerable<Type> OwnInterfaces(Type type)
    {
        Type[] all = type.GetInterfaces();
        return all
            .Except(type.BaseType?.GetInterfaces() ?? [])
            .Except(all.SelectMany(i => i.GetInterfaces()))
            .Where(i => !i.IsGenericType || i.GetGenericTypeDefinition() != typeof(IEquatable<>))
            .OrderBy(i => i.Name, StringComparer.Ordinal);
    }
}
