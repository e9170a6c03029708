using System.Reflection;

namespace Mesh.Architecture.Tests.PublicApi;

/// <summary>The public surface of an assembly as text that reads like C#: types by namespace and name, members by kind and name.</summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    public static IEnumerable<string> Of(Assembly assembly)
    {
        string? space = null;
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.Namespace, StringComparer.Ordinal).ThenBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (space is not null)
                yield return "";
            if (space != type.Namespace)
            {
                yield return $"namespace {space = type.Namespace}";
                yield return "";
            }

            yield return $"  {TypeText.Declaration(type)}";
            foreach (string member in Members(type))
                yield return $"    {member}";
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return type.GetEnumNames().Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        return Sorted(type.GetFields(Declared), MemberText.Of)
            .Concat(Sorted(type.GetConstructors(Declared), MemberText.Of))
            .Concat(Sorted(type.GetProperties(Declared), MemberText.Of))
            .Concat(Sorted(type.GetEvents(Declared), MemberText.Of))
            .Concat(Sorted(type.GetMethods(Declared), MemberText.Of));
    }

    private static IEnumerable<string> Sorted<T>(T[] members, Func<T, string?> text)
        where T : MemberInfo =>
        members
            .Select(member => (member.Name, Text: text(member)!))
            .Where(member => member.Text is not null)
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Text, StringComparer.Ordinal)
            .Select(member => member.Text);
}
