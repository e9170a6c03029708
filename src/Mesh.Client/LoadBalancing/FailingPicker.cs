namespace Mesh.LoadBalancing;

/// <summary>There is no endpoint to pick.</summary>
internal sealed class FailingPicker(string reason) : Picker
{
    public override PickResult Pick(in PickContext context) => PickResult.Fail(reason);
}
