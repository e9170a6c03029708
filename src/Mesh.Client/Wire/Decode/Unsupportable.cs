using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>
/// What a resource needs and this version has not. A file that asks for it is refused: its writer can change it. From a control plane that
/// writes for proxies, or where gRPC would accept it, the resource is taken, cannot be called, and says why: a refusal would put the control
/// plane into a loop, and there is nothing else it could send.
/// </summary>
internal sealed class Unsupportable(DecoderSettings settings)
{
    /// <summary>The first reason for which the resource cannot be called; null where there is none.</summary>
    public string? Reason { get; private set; }

    /// <summary>Reports what is missing.</summary>
    /// <param name="field">Where it is asked for.</param>
    /// <param name="message">What it is.</param>
    /// <param name="errors">Where findings go.</param>
    /// <param name="acceptedByGrpc">Whether gRPC has it.</param>
    public void Report(string field, string message, ErrorCollector errors, bool acceptedByGrpc = false)
    {
        using (errors.At(field))
            Report(message, errors, acceptedByGrpc);
    }

    /// <summary>The same at the place where the collector stands.</summary>
    public void Report(string message, ErrorCollector errors, bool acceptedByGrpc = false)
    {
        if (settings.ForProxy || (acceptedByGrpc && settings.Dialect == XdsDialect.Grpc))
            Note(message, errors);
        else
            errors.Error(message);
    }

    /// <summary>Reports what is missing whatever the source, and yet no error.</summary>
    public void Note(string message, ErrorCollector errors)
    {
        Reason ??= $"{errors.Path}: {message}";
        errors.Warning($"{message}: the resource is accepted, but no call can be sent by it");
    }

    /// <summary>Takes over a reason that is reported already.</summary>
    public void Because(string reason) => Reason ??= reason;
}
