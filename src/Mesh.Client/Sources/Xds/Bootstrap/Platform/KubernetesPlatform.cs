using System.Net;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>
/// A pod: variables that its manifest fills by the downward API under the names Istio gives them, the files of its service account, its labels
/// where the downward API mounts them, its search list.
/// </summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
/// <param name="files">The files of the pod.</param>
internal sealed class KubernetesPlatform(Func<string, string?> environment, PlatformFiles files)
{
    private const string NamespaceFile = "var/run/secrets/kubernetes.io/serviceaccount/namespace";
    private const string LabelsFile = "etc/podinfo/labels";
    private const string ResolvConf = "etc/resolv.conf";

    // What a cluster has when nobody chose another.
    private const string DefaultSuffix = ".svc.cluster.local";

    /// <summary>What the pod tells; null when this is none.</summary>
    public PlatformFacts? Read(ErrorCollector errors)
    {
        string pod = Variable("POD_NAME");
        string? mounted = files.Read(NamespaceFile, errors)?.Trim();
        if (pod.Length == 0 && string.IsNullOrEmpty(mounted) && Variable("KUBERNETES_SERVICE_HOST").Length == 0)
            return null;
        string space = Variable("POD_NAMESPACE") is { Length: > 0 } named ? named : mounted ?? "";
        string address = Address(errors);
        string? suffix = files.Read(ResolvConf, errors) is { } resolvConf ? NodeSuffix.OfResolvConf(resolvConf) : null;
        IReadOnlyDictionary<string, string> labels = DownwardLabels.Read(files.Read(LabelsFile, errors) ?? "");
        return new PlatformFacts
        {
            Id = Id(pod, space, address, suffix ?? DefaultSuffix),
            Region = labels.GetValueOrDefault("topology.kubernetes.io/region", ""),
            Zone = labels.GetValueOrDefault("topology.kubernetes.io/zone", ""),
            SubZone = labels.GetValueOrDefault("topology.istio.io/subzone", ""),
            Metadata =
            [
                ("NAME", pod), ("NAMESPACE", space), ("INSTANCE_IPS", address),
                ("NODE_NAME", Variable("NODE_NAME")), ("SERVICE_ACCOUNT", Variable("SERVICE_ACCOUNT")),
            ],
            Labels = labels,
            DnsSuffix = suffix,
        };
    }

    /// <summary>The id that istiod reads, where everything it wants is known; it refuses one without a good address.</summary>
    private static string Id(string pod, string space, string address, string suffix) => (pod, space, address) switch
    {
        ({ Length: > 0 }, { Length: > 0 }, { Length: > 0 }) => $"sidecar~{address}~{pod}.{space}~{space}{suffix}",
        ({ Length: > 0 }, { Length: > 0 }, _) => $"{pod}.{space}",
        _ => pod,
    };

    private string Address(ErrorCollector errors)
    {
        foreach (string name in (string[])["POD_IP", "INSTANCE_IP"])
        {
            if (Variable(name) is not { Length: > 0 } text)
                continue;
            if (IPAddress.TryParse(text, out _))
                return text;
            errors.Warning($"the variable {name} is {Quoted.Name(text)}, which is no IP address; it is passed over");
        }

        return "";
    }

    private string Variable(string name) => environment(name)?.Trim() ?? "";
}
