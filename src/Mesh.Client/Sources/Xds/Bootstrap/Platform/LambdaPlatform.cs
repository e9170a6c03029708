namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>A function of AWS Lambda: the variables its runtime sets. A log stream belongs to one sandbox, which is what a node is.</summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
internal sealed class LambdaPlatform(Func<string, string?> environment)
{
    /// <summary>What the function is told; null when this is none.</summary>
    public PlatformFacts? Read()
    {
        if (environment("AWS_LAMBDA_FUNCTION_NAME") is not { Length: > 0 } function)
            return null;
        string stream = environment("AWS_LAMBDA_LOG_STREAM_NAME") ?? "";
        return new PlatformFacts
        {
            Id = stream.Length == 0 ? function : $"{function}/{stream}",
            Cluster = function,
            Region = environment("AWS_REGION") ?? "",
            Metadata = [("AWS_LAMBDA_FUNCTION_NAME", function), ("AWS_LAMBDA_FUNCTION_VERSION", environment("AWS_LAMBDA_FUNCTION_VERSION") ?? "")],
        };
    }
}
