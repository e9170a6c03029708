namespace Mesh.Soak;

/// <summary>One call, as its caller knows it.</summary>
internal sealed record Call(int Id, string Host, bool IsPost, Phase Phase)
{
    /// <summary>When it was sent.</summary>
    public required long Began { get; init; }

    /// <summary>When it was answered; 0 until then.</summary>
    public long Ended { get; set; }

    /// <summary>How often the mesh says it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The entry in the ledger of the backend that answered; null where none did.</summary>
    public string? Entry { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; set; }

    public Task Running { get; set; } = Task.CompletedTask;
}
