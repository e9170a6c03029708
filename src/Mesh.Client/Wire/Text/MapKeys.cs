using System.Text;
using Mesh.Wire.Validate;

namespace Mesh.Wire.Text;

/// <summary>
/// The keys of the map being written. A few are found again in the bytes written so far; only a large map is given a set.
/// </summary>
/// <param name="start">Where the map's first entry is written.</param>
internal struct MapKeys(int start)
{
    private const int Few = 8;

    private int _count;
    private HashSet<string>? _many;

    /// <summary>False when the key was there already.</summary>
    /// <param name="written">All bytes written so far.</param>
    /// <param name="end">Where the entries before this one end.</param>
    /// <param name="key">The key of this entry.</param>
    public bool Add(ReadOnlySpan<byte> written, int end, ReadOnlySpan<byte> key)
    {
        if (_count < Few)
        {
            _count++;
            var entries = new WireReader(written, start, end);
            while (entries.Read())
            {
                if (KeyOf(written, in entries).SequenceEqual(key))
                    return false;
            }

            return true;
        }

        if (_many is null)
        {
            _many = [];
            var entries = new WireReader(written, start, end);
            while (entries.Read())
                _many.Add(Encoding.UTF8.GetString(KeyOf(written, in entries)));
        }

        return _many.Add(Encoding.UTF8.GetString(key));
    }

    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> written, in WireReader entries)
    {
        var entry = new WireReader(written, entries.ValueStart, entries.ValueEnd);
        entry.Read();
        return entry.Value;
    }
}
