namespace Resilience;

/// <summary>What a program does that has no mesh: it takes the addresses in turn, and tries again at once where it was told to.</summary>
/// <param name="addresses">The addresses.</param>
/// <param name="retries">How often a call that failed is made again.</param>
internal sealed class PlainClient(IReadOnlyList<string> addresses, int retries) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private int _turn = -1;

    /// <summary>One call.</summary>
    public async Task<HttpResponseMessage> GetAsync(CancellationToken cancellationToken)
    {
        for (int left = retries; ; left--)
        {
            string address = addresses[Interlocked.Increment(ref _turn) % addresses.Count];
            try
            {
                HttpResponseMessage response = await _client.GetAsync($"http://{address}/api/orders/1", cancellationToken);
                if (response.IsSuccessStatusCode || left == 0)
                    return response;
                response.Dispose();
            }
            catch (HttpRequestException) when (left > 0)
            {
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
