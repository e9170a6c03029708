using System.Runtime.CompilerServices;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// A deterministic automaton whose states are made when a text first needs them: one look into a table a character. What would take
/// more than its share of memory is simulated instead (<see cref="BackwardSweep"/>), in time that is linear too.
/// </summary>
/// <remarks>
/// No lock and no fence on the way of a match: a row's entry goes from unknown to known once and for all, and it is written after what
/// it leads to. A reader with an older array sees unknown entries at worst and asks the builder, under its lock.
/// </remarks>
internal sealed class LazyDfa : FullMatcher
{
    /// <summary>After so many simulated texts the states start afresh: what filled the memory may be long gone.</summary>
    private const int SimulationsBeforeReset = 4096;

    private readonly Program _program;
    private readonly Alphabet _alphabet;
    private readonly Lock _building = new();
    private DfaStates _states;
    private int _simulations;

    public LazyDfa(Program program)
    {
        _program = program;
        _alphabet = new Alphabet(program);
        _states = new DfaStates(program, _alphabet);
    }

    /// <summary>How many texts the automaton had no room for; for tests.</summary>
    public int Simulations => Volatile.Read(ref _simulations);

    public override bool IsFullMatch(ReadOnlySpan<char> input)
    {
        DfaStates states = Volatile.Read(ref _states);
        int[] rows = states.Rows;
        byte[] ascii = _alphabet.Ascii;
        int state = states.Start;
        for (int i = 0; i < input.Length;)
        {
            uint c = input[i];
            int letter;
            if (c < (uint)ascii.Length)
            {
                letter = ascii[c];
                i++;
            }
            else
            {
                letter = _alphabet.ClassOf(Utf16.Next(input, ref i));
            }

            int next = rows[state + letter];
            if (next <= 0)
            {
                if (next == DfaStates.Unknown)
                    next = Build(states, state, letter, ref rows);
                if (next == DfaStates.Dead)
                    return false;
                if (next == DfaStates.NoRoom)
                    return Simulate(input);
            }

            state = next;
        }

        int end = rows[state + _alphabet.Count];
        if (end == DfaStates.Unknown)
            end = Build(states, state, _alphabet.Count, ref rows);
        return end == DfaStates.NoRoom ? Simulate(input) : end == DfaStates.Accept;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Build(DfaStates states, int state, int letter, ref int[] rows)
    {
        if (states.IsFull)
            return DfaStates.NoRoom;
        lock (_building)
        {
            int next = states.Build(state, letter);
            rows = states.Rows;
            return next;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Simulate(ReadOnlySpan<char> input)
    {
        if (Interlocked.Increment(ref _simulations) % SimulationsBeforeReset == 0)
            Volatile.Write(ref _states, new DfaStates(_program, _alphabet));
        return BackwardSweep.IsFullMatch(_program, input);
    }
}
