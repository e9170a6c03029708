using System.Globalization;

namespace Mesh.Primitives.Regexes;

/// <summary>The sets behind <c>\p{...}</c>: general categories by the runtime's own data, scripts by a table.</summary>
internal static class UnicodeClasses
{
    // In the order of UnicodeCategory. RE2 knows no Cn, and its C is without it.
    private static readonly string[] Names =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
        "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
    ];

    private static readonly Lazy<CharSet[]> Categories = new(ReadCategories);

    /// <summary>Null for a name that is no category or its first letter, no script and not <c>Any</c>; names are case-sensitive.</summary>
    public static CharSet? Find(string name)
    {
        if (name == "Any")
            return CharSet.Any;
        CharSetBuilder? builder = null;
        for (int i = 0; i < Names.Length; i++)
        {
            if (Names[i] == name)
                return Categories.Value[i];
            if (name.Length == 1 && Names[i][0] == name[0])
                (builder ??= new CharSetBuilder()).Add(Categories.Value[i]);
        }

        return builder?.Build(negated: false) ?? UnicodeScripts.Find(name);
    }

    /// <summary>One walk over all code points; some milliseconds, once in a process that uses categories.</summary>
    private static CharSet[] ReadCategories()
    {
        var builders = new CharSetBuilder[Names.Length];
        for (int i = 0; i < builders.Length; i++)
            builders[i] = new CharSetBuilder();
        int first = 0;
        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int rune = 1; rune <= CharSet.MaxRune + 1; rune++)
        {
            UnicodeCategory next = rune <= CharSet.MaxRune ? CharUnicodeInfo.GetUnicodeCategory(rune) : (UnicodeCategory)(-1);
            if (next == category)
                continue;
            if ((int)category < builders.Length)
                builders[(int)category].Add(first, rune - 1);
            (first, category) = (rune, next);
        }

        return Array.ConvertAll(builders, builder => builder.Build(negated: false));
    }
}
