using System.Globalization;
using System.Text.Json;
using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Conformance.Suites;

/// <summary>One cluster, its detector, and a clock that stands where a case puts it.</summary>
internal sealed class OutlierPlay
{
    private readonly ClusterState _cluster = new("c");
    private readonly Clock _clock = new();
    private readonly OutlierDetector _detector;
    private readonly List<EndpointState> _hosts = [];
    private OutlierDetectionResource _config;
    private int _removed;

    public OutlierPlay(OutlierDetectionResource config, int hosts)
    {
        _config = config;
        _detector = new OutlierDetector(_cluster, OutlierSettings.Of(config), _clock, new Smallest(), new OutlierLog(NullLogger.Instance));
        Add(hosts);
    }

    /// <summary>Plays one event; what went otherwise than expected, or null.</summary>
    public string? Step(StrictJson step, string where)
    {
        string? op = step.Text("op");
        switch (op)
        {
            case "time":
                _clock.Milliseconds = step.Find("ms")!.Value.GetInt64();
                return null;
            case "interval":
                _detector.Sweep();
                return null;
            case "requests":
                Requests(step, where);
                return null;
            case "addHosts":
                Add(step.Find("count")!.Value.GetInt32());
                return null;
            case "removeAllHosts":
                _removed = _hosts.Count;
                _detector.SetEndpoints([]);
                return null;
            case "override":
                _config = OutlierOverrides.Apply(_config, step.Text("field")!, step.Find("value")!.Value.GetUInt32(), where);
                _detector.Configure(OutlierSettings.Of(_config));
                return null;
            case "expectEjected":
                EndpointState host = Host(step, where);
                return Differs($"ejected {host.Address}", step.Find("value")!.Value.GetBoolean(), host.IsEjected);
            case "expectEjectionsActive":
                return Differs("ejections_active", step.Find("value")!.Value.GetInt64(), _detector.Counters.Active);
            case "expectCounter":
                return Counter(step);
            case "expectStat":
                return Stat(step, where);
            default:
                throw new CaseFormatException($"{where}: unknown op '{op}'");
        }
    }

    private void Add(int count)
    {
        for (int i = 0; i < count; i++)
            _hosts.Add(new EndpointState($"host {_hosts.Count}"));
        _detector.SetEndpoints(_hosts.Skip(_removed));
    }

    private void Requests(StrictJson step, string where)
    {
        IEnumerable<EndpointState> hosts = step.Find("host")!.Value is { ValueKind: JsonValueKind.String } ? step.Text("host") == "all" ? _hosts.Skip(_removed) : throw new CaseFormatException($"{where}: unknown host") : [Host(step, where)];
        int count = step.Find("count")!.Value.GetInt32();
        int? status = step.Find("httpStatus")?.GetInt32();
        EndpointResult? result = step.Text("result") is { } name ? Result(name, where) : null;
        foreach (EndpointState host in hosts.ToList())
        {
            for (int i = 0; i < count; i++)
            {
                if (status is { } code)
                    _detector.OnStatus(host, code);
                else
                    _detector.OnResult(host, result ?? throw new CaseFormatException($"{where}: requests without httpStatus and result"));
            }
        }
    }

    private EndpointState Host(StrictJson step, string where)
    {
        int index = step.Find("host")!.Value.GetInt32();
        return index >= 0 && index < _hosts.Count ? _hosts[index] : throw new CaseFormatException($"{where}: there is no host {index}");
    }

    /// <summary>A name that nothing counts under is 0, as in Envoy, where a look makes the counter.</summary>
    private string? Counter(StrictJson step)
    {
        string name = step.Text("counter")!;
        return Differs(name, step.Find("value")!.Value.GetInt64(), _detector.Counters.All.FirstOrDefault(counter => counter.Key == name).Value);
    }

    private string? Stat(StrictJson step, string where)
    {
        string stat = step.Text("stat")!, origin = step.Text("origin")!;
        bool local = origin switch { "LocalOrigin" => true, "ExternalOrigin" => false, _ => throw new CaseFormatException($"{where}: unknown origin '{origin}'") };
        double found = stat switch
        {
            "successRate" => (Host(step, where).Outliers as OutlierState)!.Counts(local).SuccessRate,
            "successRateAverage" => _detector.Statistics(local).Average,
            "successRateEjectionThreshold" => _detector.Statistics(local).EjectionThreshold,
            _ => throw new CaseFormatException($"{where}: unknown stat '{stat}'"),
        };
        double expected = step.Find("value")!.Value.GetDouble();
        return Math.Abs(found - expected) < 1e-9 ? null : string.Create(CultureInfo.InvariantCulture, $"{origin} {stat}: expected {expected}, was {found}");
    }

    private static EndpointResult Result(string name, string where) => name switch
    {
        "ExtOriginRequestSuccess" => EndpointResult.RequestSucceeded,
        "ExtOriginRequestFailed" => EndpointResult.RequestFailed,
        "LocalOriginConnectSuccess" => EndpointResult.ConnectSucceeded,
        "LocalOriginConnectSuccessFinal" => EndpointResult.ConnectSucceededFinal,
        "LocalOriginConnectFailed" => EndpointResult.ConnectFailed,
        "LocalOriginTimeout" => EndpointResult.TimedOut,
        _ => throw new CaseFormatException($"{where}: unknown result '{name}'"),
    };

    private static string? Differs<T>(string what, T expected, T found) =>
        EqualityComparer<T>.Default.Equals(expected, found) ? null : $"{what}: expected {expected}, was {found}";

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }

    /// <summary>The jitter of the cases is 0.</summary>
    private sealed class Smallest : Random
    {
        public override int Next(int maxValue) => 0;

        public override long NextInt64(long maxValue) => 0;
    }
}
