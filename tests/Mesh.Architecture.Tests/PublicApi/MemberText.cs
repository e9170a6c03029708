using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Mesh.Architecture.Tests.PublicApi;

/// <summary>Members as C# declares them; null for what a user of the package cannot see, and for what every record has.</summary>
internal static class MemberText
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string? Of(FieldInfo field)
    {
        if (Access(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly) is not { } access)
            return null;
        string kind = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
        string value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "";
        return $"{access}{kind}{TypeText.Of(Nullability.Create(field))} {field.Name}{value}";
    }

    public static string? Of(ConstructorInfo constructor) =>
        AccessOf(constructor) is { } access && !constructor.IsStatic
            ? $"{access}{constructor.DeclaringType!.Name}({Parameters(constructor)})"
            : null;

    public static string? Of(PropertyInfo property)
    {
        string? get = property.GetMethod is { } getter && AccessOf(getter) is not null ? "get; " : null;
        string? set = property.SetMethod is { } setter && AccessOf(setter) is not null ? IsInit(setter) ? "init; " : "set; " : null;
        if ((get ?? set) is null || property.Name == "EqualityContract")
            return null;
        MethodInfo accessor = (get is null ? property.SetMethod : property.GetMethod)!;
        return $"{AccessOf(accessor)}{Modifiers(accessor)}{TypeText.Of(Nullability.Create(property))} {property.Name} {{ {get}{set}}}";
    }

    public static string? Of(EventInfo member) => AccessOf(member.AddMethod!) is { } access
        ? $"{access}{Modifiers(member.AddMethod!)}event {TypeText.Of(Nullability.Create(member))} {member.Name}"
        : null;

    public static string? Of(MethodInfo method)
    {
        bool isOperator = method.Name.StartsWith("op_", StringComparison.Ordinal);
        if (AccessOf(method) is not { } access || (method.IsSpecialName && !isOperator) || method.IsDefined(typeof(CompilerGeneratedAttribute)))
            return null;
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>" : "";
        return $"{access}{Modifiers(method)}{TypeText.Of(Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string? AccessOf(MethodBase method) => Access(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly);

    private static string? Access(bool isPublic, bool isProtected) => isPublic ? "public " : isProtected ? "protected " : null;

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return "";
        if (method.IsStatic)
            return "static ";
        bool overrides = method.GetBaseDefinition() != method;
        return (method.IsAbstract, method.IsVirtual && !method.IsFinal, overrides) switch
        {
            (true, _, _) => "abstract ",
            (_, true, true) => "override ",
            (_, true, false) when !method.DeclaringType.IsSealed => "virtual ",
            _ => "",
        };
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Parameters(MethodBase method)
    {
        string receiver = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return receiver + string.Join(", ", method.GetParameters().Select(Of));
    }

    private static string Of(ParameterInfo parameter)
    {
        string passed = parameter switch
        {
            { IsOut: true } => "out ",
            { IsIn: true, ParameterType.IsByRef: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ => parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "",
        };
        string value = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        return $"{passed}{TypeText.Of(Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Default(ParameterInfo parameter) =>
        parameter.RawDefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? "default"
            : Literal(parameter.RawDefaultValue);

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
