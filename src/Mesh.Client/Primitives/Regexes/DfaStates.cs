using System.Buffers;
using System.Runtime.InteropServices;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// The states of one <see cref="LazyDfa"/> so far and the table of their transitions. A state is a set of instructions that may be the
/// next to run; it is named by the offset of its row. What is not a method may be read without the lock.
/// </summary>
internal sealed class DfaStates
{
    /// <summary>Nobody asked yet. It is 0, so the first row is no state's.</summary>
    public const int Unknown = 0;

    /// <summary>No match can follow.</summary>
    public const int Dead = -1;

    /// <summary>The memory is used up.</summary>
    public const int NoRoom = -2;

    /// <summary>At the end of the text: it matches.</summary>
    public const int Accept = 1;

    private const int BaseMemory = 256 * 1024;
    private const int MemoryPerInstruction = 32;
    private const int MemoryPerState = 96;

    // What precedes a state's place, where its assertions ask for it; it stands before the instructions in the state's key.
    private const int AfterNothing = 0;
    private const int AtBegin = 1;
    private const int AfterNewline = 2;
    private const int AfterWord = 3;
    private const int AfterOther = 4;

    private readonly Program _program;
    private readonly Alphabet _alphabet;
    private readonly int _stride;
    private readonly Dictionary<int[], int> _offsets = new(KeyComparer.Instance);
    private readonly List<int[]> _keys = [];
    private int _room;
    private bool _full;
    private int[] _rows;

    public DfaStates(Program program, Alphabet alphabet)
    {
        _program = program;
        _alphabet = alphabet;
        _stride = alphabet.Count + 1;
        _room = BaseMemory + program.Instructions.Length * MemoryPerInstruction;
        _rows = new int[_stride * 4];
        var workspace = new Workspace(program);
        workspace.Follow(program.Start, Assertion.None);
        Start = Intern(workspace.ToKey(AtBegin));
        workspace.Dispose();
    }

    /// <summary>
    /// The transitions, a row a state: an entry a letter and one for the end of the text. It is replaced when it grows; entries of an
    /// old array stay true.
    /// </summary>
    public int[] Rows => Volatile.Read(ref _rows);

    public int Start { get; }

    /// <summary>Whether a state did not fit any more. Then nothing is built for anybody, so that nobody waits for the lock.</summary>
    public bool IsFull => Volatile.Read(ref _full);

    /// <summary>Finds and notes one transition; the letter after the last is the end of the text. To be called under a lock.</summary>
    public int Build(int state, int letter)
    {
        int known = _rows[state + letter];
        if (known != Unknown)
            return known;
        // A state's keys are in the order of its rows; row 0 is nobody's.
        int next = Step(_keys[state / _stride - 1], letter == _alphabet.Count ? Place.None : _alphabet.Representative(letter));
        if (next != NoRoom)
            Volatile.Write(ref _rows[state + letter], next);
        return next;
    }

    private int Step(int[] key, int rune)
    {
        var workspace = new Workspace(_program);
        var step = new Workspace(_program);
        Assertion holds = key[0] == AfterNothing ? Assertion.None : Place.Between(Before(key[0]), rune);
        for (int i = 1; i < key.Length; i++)
            workspace.Follow(key[i], holds);
        ReadOnlySpan<int> members = workspace.Members;
        int result = Dead;
        foreach (int member in members)
        {
            ref readonly Instruction instruction = ref _program.Instructions[member];
            if (rune == Place.None)
            {
                if (instruction.Op == Op.Match)
                    result = Accept;
            }
            else if (_program.Reads(instruction, rune))
            {
                step.Follow(instruction.Next, Assertion.None);
            }
        }

        if (!step.Members.IsEmpty)
            result = Intern(step.ToKey(After(rune)));
        workspace.Dispose();
        step.Dispose();
        return result;
    }

    private int Intern(int[] key)
    {
        if (_offsets.TryGetValue(key, out int offset))
            return offset;
        int memory = MemoryPerState + (key.Length + _stride) * sizeof(int);
        // The first state is always kept: without it there is nothing to start from.
        if (memory > _room && _keys.Count > 0)
        {
            Volatile.Write(ref _full, true);
            return NoRoom;
        }

        _room -= memory;
        _keys.Add(key);
        offset = _keys.Count * _stride;
        if (offset + _stride > _rows.Length)
            Grow();
        _offsets.Add(key, offset);
        return offset;
    }

    private void Grow()
    {
        int[] rows = new int[_rows.Length * 2];
        _rows.CopyTo(rows, 0);
        Volatile.Write(ref _rows, rows);
    }

    private static int Before(int context) => context switch
    {
        AtBegin => Place.None,
        AfterNewline => '\n',
        AfterWord => 'a',
        _ => '-',
    };

    private static int After(int rune) => rune == '\n' ? AfterNewline : CharSet.Word.Contains(rune) ? AfterWord : AfterOther;

    /// <summary>A set of instructions that grows by following what reads nothing.</summary>
    private ref struct Workspace(Program program)
    {
        private readonly int[] _sparse = ArrayPool<int>.Shared.Rent(program.Instructions.Length);
        private readonly int[] _dense = ArrayPool<int>.Shared.Rent(program.Instructions.Length);
        private int _count;
        private int _followed;
        private bool _asserts;

        /// <summary>All instructions reached, those that only lead on included.</summary>
        public readonly ReadOnlySpan<int> Members => _dense.AsSpan(0, _count);

        /// <summary>Adds an instruction and all it leads to; an assertion that does not hold now stays, to be asked again.</summary>
        public void Follow(int instruction, Assertion holds)
        {
            Add(instruction);
            while (_followed < _count)
            {
                ref readonly Instruction next = ref program.Instructions[_dense[_followed++]];
                if (next.Op is Op.Split)
                {
                    Add(next.Next);
                    Add(next.Argument);
                }
                else if (next.Op is Op.Save || (next.Op is Op.Assert && ((Assertion)next.Argument & holds) != Assertion.None))
                {
                    Add(next.Next);
                }
            }
        }

        /// <summary>The state of those members that are left when nothing more is followed.</summary>
        public int[] ToKey(int context)
        {
            int kept = 0;
            foreach (int member in Members)
            {
                Op op = program.Instructions[member].Op;
                if (op is Op.Split or Op.Save)
                    continue;
                _asserts |= op == Op.Assert;
                _sparse[kept++] = member;
            }

            Span<int> members = _sparse.AsSpan(0, kept);
            members.Sort();
            // Where nothing asks what precedes, places that differ in it only are one state.
            return [_asserts ? context : AfterNothing, .. members];
        }

        public readonly void Dispose()
        {
            ArrayPool<int>.Shared.Return(_sparse);
            ArrayPool<int>.Shared.Return(_dense);
        }

        // The sparse set of Briggs and Torczon: it is empty without having been cleared.
        private void Add(int instruction)
        {
            int index = _sparse[instruction];
            if ((uint)index < (uint)_count && _dense[index] == instruction)
                return;
            _sparse[instruction] = _count;
            _dense[_count++] = instruction;
        }
    }

    private sealed class KeyComparer : IEqualityComparer<int[]>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(obj.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
