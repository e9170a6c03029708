using System.Net.Http.Headers;

namespace Mesh.Policies.Headers;

/// <summary>What <see cref="HttpHeaders"/> lacks for names that may belong to the other collection of a message.</summary>
internal static class HeaderExtensions
{
    /// <summary>Removes a header if it is there; a name that the collection would refuse cannot be there.</summary>
    public static void NonValidatedRemove(this HttpHeaders headers, string name)
    {
        if (headers.NonValidated.Contains(name))
            headers.Remove(name);
    }

    /// <summary>Copies headers.</summary>
    /// <param name="from">Where from.</param>
    /// <param name="to">Where to.</param>
    /// <param name="except">A header that is not copied; null for none.</param>
    /// <param name="first">How many are copied, of those that were added first.</param>
    public static void CopyTo(this HttpHeaders from, HttpHeaders to, string? except = null, int first = int.MaxValue)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (first-- <= 0)
                return;
            if (except is not null && name.Equals(except, StringComparison.OrdinalIgnoreCase))
                continue;
            if (values.Count == 1)
                to.TryAddWithoutValidation(name, values.ToString());
            else
                to.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }
}
