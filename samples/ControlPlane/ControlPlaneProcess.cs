namespace ControlPlane;

/// <summary>A <see cref="ControlPlaneProgram"/> in its process.</summary>
internal sealed class ControlPlaneProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private ControlPlaneProcess(ChildProcess process, string address)
    {
        _process = process;
        Address = address;
    }

    public int Id => _process.Id;

    /// <summary>Where it listens, as <c>127.0.0.1:18000</c>.</summary>
    public string Address { get; }

    /// <summary>Starts one, and waits until it serves the rules.</summary>
    public static async Task<ControlPlaneProcess> StartAsync(string rulesPath, string port = "0")
    {
        var process = ChildProcess.Start([ControlPlaneProgram.Argument, port, rulesPath]);
        try
        {
            return new ControlPlaneProcess(process, await process.ReadLineAsync());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one in the place of this one, which has been killed.</summary>
    public Task<ControlPlaneProcess> StartAgainAsync(string rulesPath) => StartAsync(rulesPath, Address.Split(':')[1]);

    /// <summary>Makes it read the rules again and serve them.</summary>
    public async Task PublishAsync()
    {
        string answer = await _process.AskAsync("publish");
        if (answer != ControlPlaneProgram.Published)
            throw new InvalidOperationException($"The control plane did not publish the rules: {answer}");
    }

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
