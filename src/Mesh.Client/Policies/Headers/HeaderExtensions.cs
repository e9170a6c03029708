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

    /// <summary>Copies every header but those a predicate keeps back.</summary>
    public static void CopyTo(this HttpHeaders from, HttpHeaders to, string? except = null)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (except is not null && name.Equals(except, StringComparison.OrdinalIgnoreCase))
                continue;
            if (values.Count == 1)
                to.TryAddWithoutValidation(name, values.ToString());
            else
                to.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }
}
