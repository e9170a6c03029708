using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>Chooses by a policy of the user's own (gRFC A52), whose mistakes fail calls and nothing else.</summary>
internal sealed class CustomPicker : EndpointPicker
{
    private readonly ILoadBalancer _balancer;
    private readonly string _name;

    private CustomPicker(Endpoint[] endpoints, ILoadBalancer balancer, string name, Random random)
        : base(endpoints, random)
    {
        _balancer = balancer;
        _name = name;
    }

    /// <summary>The picker; one that fails where the policy could not be made.</summary>
    public static Picker Create(Endpoint[] endpoints, CustomPolicyResource resource, ILoadBalancingPolicy policy, string cluster, Random random)
    {
        try
        {
            LoadBalancerEndpoint[] choices = [.. endpoints.Select(endpoint => new LoadBalancerEndpoint(endpoint.State.Address, endpoint.Weight, endpoint.Locality, () => endpoint.State.InFlight))];
            ILoadBalancer balancer = policy.Create(new LoadBalancerContext(cluster, resource.Configuration, choices));
            return balancer is null ? new FailingPicker($"policy '{resource.Name}' of cluster '{cluster}' made no balancer") : new CustomPicker(endpoints, balancer, resource.Name, random);
        }
        catch (Exception e)
        {
            return new FailingPicker($"policy '{resource.Name}' of cluster '{cluster}' could not be made: {e.Message}");
        }
    }

    public override PickResult Pick(in PickContext context)
    {
        if (context.Tried is not null)
            return base.Pick(context);
        try
        {
            int chosen = _balancer.Choose(new LoadBalancerRequest(context.Hash, IsRetry: false));
            return (uint)chosen < (uint)Endpoints.Length ? PickResult.Complete(Endpoints[chosen]) : PickResult.Fail($"policy '{_name}' chose {chosen} of {Endpoints.Length} endpoints");
        }
        catch (Exception e)
        {
            return PickResult.Fail($"policy '{_name}' failed: {e.Message}");
        }
    }

    protected override int Choose(in PickContext context, int again)
    {
        try
        {
            int chosen = _balancer.Choose(new LoadBalancerRequest(context.Hash, IsRetry: true));
            if ((uint)chosen < (uint)Endpoints.Length)
                return chosen;
        }
        catch (Exception)
        {
            // A retry has somewhere to go all the same.
        }

        return Even(Random.NextPoint(), Endpoints.Length);
    }
}
