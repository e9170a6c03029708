namespace Mesh.LoadBalancing;

/// <summary>What a picker can answer.</summary>
internal enum PickKind
{
    /// <summary>Send it to the endpoint.</summary>
    Complete,

    /// <summary>Nothing can be said yet: wait for the next picker.</summary>
    Queue,

    /// <summary>There is no endpoint to send it to; another try may find one.</summary>
    Fail,

    /// <summary>The call is dropped by policy and must not be tried again.</summary>
    Drop,
}

/// <summary>The answer of a <see cref="Picker"/>.</summary>
internal readonly record struct PickResult(PickKind Kind, Endpoint? Endpoint, string? Reason)
{
    public static PickResult Complete(Endpoint endpoint) => new(PickKind.Complete, endpoint, null);

    public static PickResult Fail(string reason) => new(PickKind.Fail, null, reason);
}
