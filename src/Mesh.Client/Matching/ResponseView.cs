using System.Globalization;
using System.Net.Http.Headers;

namespace Mesh.Matching;

/// <summary>What matchers see of a response, without copying it.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="headers">The response's own headers.</param>
/// <param name="contentHeaders">The headers of its content.</param>
internal readonly struct ResponseView(int status, HttpHeaders headers, HttpHeaders? contentHeaders)
{
    public ResponseView(HttpResponseMessage response)
        : this((int)response.StatusCode, response.Headers, response.Content.Headers)
    {
    }

    public int Status { get; } = status;

    /// <summary>Whether there is such a header, whatever its value.</summary>
    public bool Has(string lowerName) => TryGet(lowerName, out _);

    /// <summary>A header's value, several joined as they are sent; null when absent.</summary>
    public string? Find(string lowerName)
    {
        if (lowerName == ":status")
            return Status.ToString(CultureInfo.InvariantCulture);
        return TryGet(lowerName, out HeaderStringValues values) ? values.ToString().Trim(' ') : null;
    }

    /// <summary>The first value of a header; null when absent.</summary>
    public string? FindFirst(string lowerName)
    {
        if (!TryGet(lowerName, out HeaderStringValues values))
            return null;
        HeaderStringValues.Enumerator each = values.GetEnumerator();
        return each.MoveNext() ? each.Current : null;
    }

    private bool TryGet(string lowerName, out HeaderStringValues values)
    {
        if (headers.NonValidated.TryGetValues(lowerName, out values))
            return true;
        if (contentHeaders is not null && contentHeaders.NonValidated.TryGetValues(lowerName, out values))
            return true;
        values = default;
        return false;
    }
}
