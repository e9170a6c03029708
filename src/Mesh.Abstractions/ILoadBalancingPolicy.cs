namespace Mesh;

/// <summary>
/// A load-balancing policy of your own, for clusters that name it in <c>load_balancing_policy</c>: a <c>TypedStruct</c> whose <c>type_url</c> ends with
/// <see cref="Name"/> behind its last slash (gRFC A52). Priorities, localities, health and drops are decided before it is asked. Register it in
/// <c>MeshOptions.LoadBalancingPolicies</c>.
/// </summary>
public interface ILoadBalancingPolicy
{
    /// <summary>The name, as <c>acme.LowestLatency</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Makes the balancer of a set of endpoints; called anew whenever that set or its health changes, by any thread, for one cluster by one at a time.
    /// What it throws makes the calls of the cluster fail with its message.
    /// </summary>
    /// <param name="context">The endpoints to choose among, and the configuration.</param>
    /// <returns>The balancer.</returns>
    ILoadBalancer Create(LoadBalancerContext context);
}

/// <summary>Chooses the endpoint of each attempt.</summary>
public interface ILoadBalancer
{
    /// <summary>
    /// Chooses; called by many threads at once, for each attempt, and must not block. A retry that comes to an endpoint that was tried already goes to
    /// another one, whatever is chosen, while there is another.
    /// </summary>
    /// <param name="request">What is known of the attempt.</param>
    /// <returns>A place in <see cref="LoadBalancerContext.Endpoints"/>; any other number, and whatever is thrown, fails the call with flag <c>UH</c>.</returns>
    int Choose(in LoadBalancerRequest request);
}

/// <summary>What a balancer is made of.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Configuration">The policy's <c>value</c> as a JSON object; <c>{}</c> for none.</param>
/// <param name="Endpoints">The endpoints; at least one.</param>
public sealed record LoadBalancerContext(string Cluster, string Configuration, IReadOnlyList<LoadBalancerEndpoint> Endpoints);

/// <summary>One endpoint to choose.</summary>
/// <param name="address">Its address, as <c>10.0.0.1:80</c>.</param>
/// <param name="weight">Its <c>load_balancing_weight</c>, at least 1.</param>
/// <param name="locality"><c>region/zone/sub_zone</c>; empty for none.</param>
/// <param name="inFlight">Counts its calls in flight, of this process.</param>
public sealed class LoadBalancerEndpoint(string address, uint weight, string locality, Func<int> inFlight)
{
    /// <summary>Its address, as <c>10.0.0.1:80</c>.</summary>
    public string Address { get; } = address;

    /// <summary>Its <c>load_balancing_weight</c>, at least 1.</summary>
    public uint Weight { get; } = weight;

    /// <summary><c>region/zone/sub_zone</c>; empty for none.</summary>
    public string Locality { get; } = locality;

    /// <summary>Its calls in flight now, of this process.</summary>
    public int InFlight => inFlight();
}

/// <summary>What is known of an attempt.</summary>
/// <param name="Hash">The request's hash by the route's <c>hash_policy</c>; null where it has none.</param>
/// <param name="IsRetry">Whether other attempts came before.</param>
public readonly record struct LoadBalancerRequest(ulong? Hash, bool IsRetry);
