using Microsoft.Extensions.Options;

namespace Mesh;

/// <summary>Checks the options, all of them, and says of each what is allowed.</summary>
internal sealed class MeshOptionsValidator : IValidateOptions<MeshOptions>
{
    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        List<string> errors = [.. Errors(options)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IEnumerable<string> Errors(MeshOptions options)
    {
        if (options.ConfigurationPath is { } path && !File.Exists(path) && !Directory.Exists(path))
            yield return $"MeshOptions.ConfigurationPath: '{path}' is neither a file nor a directory";
        if (options.FirstConfigTimeout <= TimeSpan.Zero)
            yield return $"MeshOptions.FirstConfigTimeout: {options.FirstConfigTimeout} is not allowed; it must be more than zero";
        if (options.DrainTimeout < TimeSpan.Zero)
            yield return $"MeshOptions.DrainTimeout: {options.DrainTimeout} is not allowed; it must be at least zero";
        if (options.ReloadDebounce < TimeSpan.Zero)
            yield return $"MeshOptions.ReloadDebounce: {options.ReloadDebounce} is not allowed; it must be at least zero";
        if (options.BodyReplayLimit < 0)
            yield return $"MeshOptions.BodyReplayLimit: {options.BodyReplayLimit} is not allowed; it must be at least zero";
        if (options.RingSizeCap is < 1 or > 8_388_608)
            yield return $"MeshOptions.RingSizeCap: {options.RingSizeCap} is not allowed; it must be from 1 to 8388608";
        if (options.LocalClusterName is "")
            yield return "MeshOptions.LocalClusterName: it is empty; write the name of a cluster, or leave it null";
        if (options.Locality is { } locality && locality.Count(c => c == '/') != 2)
            yield return $"MeshOptions.Locality: '{locality}' is not allowed; write region/zone/sub_zone, each of which may be empty";
        if (options.MaxDocumentBytes <= 0)
            yield return $"MeshOptions.MaxDocumentBytes: {options.MaxDocumentBytes} is not allowed; it must be more than zero";
        if (options.MaxDocumentDepth is < 1 or > 1000)
            yield return $"MeshOptions.MaxDocumentDepth: {options.MaxDocumentDepth} is not allowed; it must be from 1 to 1000";
        if (!Enum.IsDefined(options.Dialect))
            yield return $"MeshOptions.Dialect: {options.Dialect} is not known; allowed are Envoy and Grpc";
        if (!Enum.IsDefined(options.UnknownHosts))
            yield return $"MeshOptions.UnknownHosts: {options.UnknownHosts} is not known; allowed are PassThrough and Reject";
        foreach (string error in NameErrors("LoadBalancingPolicies", "a policy has no name", options.LoadBalancingPolicies.Select(policy => policy.Name)))
            yield return error;
        foreach (string error in NameErrors("HttpFilters", "a filter has no name", options.HttpFilters.Select(filter => filter.Name)))
            yield return error;
        foreach (string error in options.Xds is { } xds ? XdsOptionsValidator.Errors(xds) : [])
            yield return error;
        for (int i = 0; i < options.Hosts.Count; i++)
        {
            if (string.IsNullOrEmpty(options.Hosts[i]) || options.Hosts[i] == "." || options.Hosts[i].Contains('*', StringComparison.Ordinal))
                yield return $"MeshOptions.Hosts[{i}]: '{options.Hosts[i]}' is no host; write a name, or a suffix that starts with a dot";
        }
    }

    private static IEnumerable<string> NameErrors(string option, string nameless, IEnumerable<string?> names)
    {
        foreach (var same in names.GroupBy(name => name ?? "", StringComparer.Ordinal))
        {
            if (same.Key.Length == 0)
                yield return $"MeshOptions.{option}: {nameless}";
            else if (same.Count() > 1)
                yield return $"MeshOptions.{option}: {same.Count()} are named '{same.Key}'; names must differ";
        }
    }
}
