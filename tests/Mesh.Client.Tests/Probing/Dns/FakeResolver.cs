using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>A resolver that answers when the test says so.</summary>
internal sealed class FakeResolver : IDnsResolver
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Channel<Question> _asked = Channel.CreateUnbounded<Question>();
    private int _count;

    /// <summary>How often it was asked.</summary>
    public int Count => Volatile.Read(ref _count);

    public ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        var question = new Question(host, family, cancellationToken);
        _asked.Writer.TryWrite(question);
        return new ValueTask<DnsAnswer>(question.Answered);
    }

    /// <summary>What it is asked next, or was asked and is not answered yet.</summary>
    public async Task<Question> NextAsync() => await _asked.Reader.ReadAsync().AsTask().WaitAsync(Limit, TimeProvider.System);

    /// <summary>One question.</summary>
    internal sealed class Question(string host, AddressFamily family, CancellationToken token)
    {
        private readonly TaskCompletionSource<DnsAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Host => host;

        public AddressFamily Family => family;

        public CancellationToken Token => token;

        public Task<DnsAnswer> Answered => _answer.Task;

        /// <summary>Ends when nobody waits for the answer any more.</summary>
        public async Task CancelledAsync()
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            await cancelled.Task.WaitAsync(Limit, TimeProvider.System);
        }

        public void Answer(params string[] addresses) => Answer(null, addresses);

        public void Answer(TimeSpan? ttl, params string[] addresses) => _answer.SetResult(new DnsAnswer([.. addresses.Select(IPAddress.Parse)], ttl));

        public void Fail(string why = "the resolver is down") => _answer.SetException(new IOException(why));
    }
}
