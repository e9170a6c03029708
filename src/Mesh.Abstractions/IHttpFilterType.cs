namespace Mesh;

/// <summary>
/// A kind of filter of your own, for listeners that name it in <c>http_filters</c>: a <c>TypedStruct</c> whose <c>type_url</c> ends with
/// <see cref="Name"/> behind its last slash (gRFC A39). Routes override it by the filter's name in <c>typed_per_filter_config</c>, in the same form. Register it in
/// <c>MeshOptions.HttpFilters</c>.
/// </summary>
public interface IHttpFilterType
{
    /// <summary>The name, as <c>acme.Tenant</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Makes a filter of a configuration: once for a listener, and once for each override, which takes its place on that way. An update that leaves a
    /// configuration alone leaves its filter alone too. It is also called to check a configuration; keep it free of side effects.
    /// </summary>
    /// <param name="configuration">The <c>value</c> as a JSON object; <c>{}</c> for none.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="Exception">The configuration is wrong: it is refused with the message, and what was there before serves on.</exception>
    IHttpFilter Create(string configuration);
}

/// <summary>
/// Sees calls once each, before the first attempt and after the last: what it does is not retried. Filters run in the order of their listener, their
/// responses the other way round. Used by many threads at once.
/// </summary>
public interface IHttpFilter
{
    /// <summary>A call has been routed and is about to be sent. It waits, and the route's timeout has not started.</summary>
    /// <param name="httpCall">The call. What it carries is kept for <see cref="OnResponseAsync"/>.</param>
    /// <param name="cancellationToken">Ends when the caller cancels.</param>
    /// <returns>An answer in place of the server's; null lets the call pass.</returns>
    /// <exception cref="Exception">The call fails with 500 (gRPC INTERNAL) and the message.</exception>
    ValueTask<HttpResponseMessage?> OnRequestAsync(HttpFilterCall httpCall, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The headers of the call's response are there, the server's or of the mesh itself; its body may still be on its way, and must not be read. Not called where the
    /// call ends with an exception.
    /// </summary>
    /// <param name="httpCall">The call, as <see cref="OnRequestAsync"/> had it.</param>
    /// <param name="response">The response; its headers may be changed.</param>
    /// <param name="cancellationToken">Ends when the caller cancels.</param>
    /// <returns>When the caller may have it.</returns>
    /// <exception cref="Exception">It is thrown to the caller.</exception>
    ValueTask OnResponseAsync(HttpFilterCall httpCall, HttpResponseMessage response, CancellationToken cancellationToken) => default;
}
