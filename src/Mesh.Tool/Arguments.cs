using System.Globalization;

namespace Mesh.Tool;

/// <summary>Reads a command line: options by name anywhere, everything else in order.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);

    /// <param name="args">The arguments behind the command.</param>
    /// <param name="options">Options that take a value.</param>
    /// <param name="flags">Options that take none.</param>
    public Arguments(ReadOnlySpan<string> args, string[] options, string[] flags)
    {
        var positional = new List<string>();
        bool onlyPositional = false;
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            if (onlyPositional || !arg.StartsWith('-') || arg.Length == 1)
                positional.Add(arg);
            else if (arg == "--")
                onlyPositional = true;
            else if (flags.Contains(arg, StringComparer.Ordinal))
                _flags.Add(arg);
            else if (!options.Contains(arg, StringComparer.Ordinal))
                throw new UsageException($"unknown option '{arg}'");
            else if (++i == args.Length)
                throw new UsageException($"option '{arg}' needs a value");
            else
                Of(arg).Add(args[i]);
        }

        Positional = positional;
    }

    public IReadOnlyList<string> Positional { get; }

    public bool Has(string flag) => _flags.Contains(flag);

    public IReadOnlyList<string> All(string option) => _values.TryGetValue(option, out List<string>? values) ? values : [];

    public string? One(string option) => All(option) switch
    {
        [] => null,
        [var value] => value,
        _ => throw new UsageException($"option '{option}' is given more than once"),
    };

    public int Count(string option, int otherwise)
    {
        if (One(option) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new UsageException($"option '{option}': '{text}' is no number of at least 1");
    }

    private List<string> Of(string option) => _values.TryGetValue(option, out List<string>? values) ? values : _values[option] = [];
}
