using Mesh.Policies.Outliers;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>
/// Envoy's outlier detection written plainly, with a timer and one thread: what the detector must come to without either.
/// </summary>
internal sealed class OutlierModel : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly long _start;
    private OutlierSettings _settings;
    private TimeSpan _lastSweep;

    public OutlierModel(OutlierSettings settings, TimeProvider time, Random random)
    {
        _settings = settings;
        _time = time;
        _random = random;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Sweep(), null, settings.Interval, Timeout.InfiniteTimeSpan);
    }

    public List<Host> Hosts { get; } = [];

    public int Active { get; private set; }

    public int Overflow { get; private set; }

    public int Detected { get; private set; }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    public void Dispose() => _timer.Dispose();

    public void Remove(Host host)
    {
        Hosts.Remove(host);
        if (host.IsEjected)
            Active--;
    }

    public void Configure(OutlierSettings settings)
    {
        _settings = settings;
        TimeSpan rest = _lastSweep + settings.Interval - Now;
        _timer.Change(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Status(Host host, int status)
    {
        bool bad = status >= 500;
        (bad ? host.Bad : host.Good)[0]++;
        host.InARow = bad ? host.InARow + 1 : 0;
        host.GatewayInARow = status is 502 or 503 or 504 ? host.GatewayInARow + 1 : 0;
        if (bad && host.GatewayInARow == _settings.ConsecutiveGatewayFailure && !host.IsEjected)
        {
            OnOutlier(host, EjectionType.ConsecutiveGatewayFailure);
            host.GatewayInARow = 0;
        }

        if (bad && host.InARow == _settings.Consecutive5xx && !host.IsEjected)
        {
            OnOutlier(host, EjectionType.Consecutive5xx);
            host.InARow = 0;
        }
    }

    public void Result(Host host, bool connected)
    {
        if (!_settings.SplitExternalLocalOriginErrors)
        {
            if (!connected)
                Status(host, 503);
            return;
        }

        (connected ? host.Good : host.Bad)[1]++;
        host.LocalInARow = connected ? 0 : host.LocalInARow + 1;
        if (!connected && host.LocalInARow == _settings.ConsecutiveLocalOriginFailure && !host.IsEjected)
        {
            OnOutlier(host, EjectionType.ConsecutiveLocalOriginFailure);
            host.LocalInARow = 0;
        }
    }

    private void Sweep()
    {
        foreach (Host host in Hosts.Where(host => host.IsEjected))
        {
            TimeSpan wanted = _settings.BaseEjectionTime * host.Multiplier;
            if (Now - host.EjectedAt >= (wanted < _settings.MaxEjectionTime ? wanted : _settings.MaxEjectionTime) + host.Jitter)
            {
                host.IsEjected = false;
                host.ReturnedAt = Now;
                host.InARow = host.GatewayInARow = host.LocalInARow = 0;
                Active--;
            }
        }

        var before = Hosts.ToDictionary(host => host, host => (Good: (int[])host.Good.Clone(), Bad: (int[])host.Bad.Clone()));
        foreach (Host host in Hosts)
        {
            Array.Clear(host.Good);
            Array.Clear(host.Bad);
        }

        for (int origin = 0; origin < 2; origin++)
        {
            var rates = new List<(Host Host, double Rate, int Volume)>();
            foreach (Host host in Hosts.Where(host => !host.IsEjected))
            {
                int good = before[host].Good[origin], volume = good + before[host].Bad[origin];
                if (volume > 0)
                    rates.Add((host, 100.0 * good / volume, volume));
            }

            var compared = rates.Where(each => each.Volume >= _settings.SuccessRateRequestVolume).ToList();
            var percentages = rates.Where(each => each.Volume >= _settings.FailurePercentageRequestVolume).ToList();
            if (compared.Count > 0 && compared.Count >= _settings.SuccessRateMinimumHosts)
            {
                double mean = compared.Average(each => each.Rate), deviation = Math.Sqrt(compared.Average(each => (each.Rate - mean) * (each.Rate - mean)));
                foreach (var (host, rate, _) in compared.Where(each => each.Rate < mean - (_settings.SuccessRateStdevFactor / 1000.0 * deviation)))
                    OnOutlier(host, origin == 0 ? EjectionType.SuccessRate : EjectionType.LocalOriginSuccessRate);
            }

            if (percentages.Count > 0 && percentages.Count >= _settings.FailurePercentageMinimumHosts)
            {
                foreach (var (host, rate, _) in percentages.Where(each => 100.0 - each.Rate >= _settings.FailurePercentageThreshold))
                    OnOutlier(host, origin == 0 ? EjectionType.FailurePercentage : EjectionType.LocalOriginFailurePercentage);
            }
        }

        foreach (Host host in Hosts.Where(host => !host.IsEjected && host.ReturnedAt is { } returned && Now - returned >= _settings.Interval && host.Multiplier > 0))
            host.Multiplier--;
        _lastSweep = Now;
        _timer.Change(_settings.Interval, Timeout.InfiniteTimeSpan);
    }

    private void OnOutlier(Host host, EjectionType type)
    {
        Detected++;
        if (100.0 * (Active + 1) / Hosts.Count > _settings.MaxEjectionPercent && !(_settings.AlwaysEjectOneHost && Active == 0))
        {
            Overflow++;
            return;
        }

        if (_random.Next(100) >= _settings.Enforcing(type) || host.IsEjected)
            return;
        Active++;
        host.IsEjected = true;
        host.EjectedAt = Now;
        host.Jitter = TimeSpan.FromMilliseconds(_random.NextInt64((long)_settings.MaxEjectionTimeJitter.TotalMilliseconds + 1));
        if (_settings.BaseEjectionTime * host.Multiplier < _settings.BaseEjectionTime + _settings.MaxEjectionTime)
            host.Multiplier++;
    }

    /// <summary>One endpoint; of two numbers the first is external and the second local.</summary>
    public sealed class Host
    {
        public int[] Good { get; } = new int[2];

        public int[] Bad { get; } = new int[2];

        public int InARow { get; set; }

        public int GatewayInARow { get; set; }

        public int LocalInARow { get; set; }

        public bool IsEjected { get; set; }

        public TimeSpan EjectedAt { get; set; }

        public TimeSpan? ReturnedAt { get; set; }

        public TimeSpan Jitter { get; set; }

        public int Multiplier { get; set; }
    }
}
