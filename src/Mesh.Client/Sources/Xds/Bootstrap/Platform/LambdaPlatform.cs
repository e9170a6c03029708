namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>A function of AWS Lambda: the variables its runtime sets. A log stream belongs to one sandbox, which is what a node is.</summary>
/// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
internal sealed class LambdaPlatform(Func<string, string?> environment)
{
    private const string FunctionName = "AWS_LAMBDA_FUNCTION_NAME";

    /// <summary>Whether this is a function of AWS Lambda.</summary>
    /// <param name="environment">Gives a variable of the environment; null when it is not set.</param>
    public static bool IsFunction(Func<string, string?> environment) => environment(FunctionName) is { Length: > 0 };

    /// <summary>What the function is told; null when this is none.</summary>
    public PlatformFacts? Read()
    {
        if (environment(FunctionName) is not { Length: > 0 } function)
            return null;
        string stream = environment("AWS_LAMBDA_LOG_STREAM_NAME") ?? "";
        return new PlatformFacts
        {
            Id = stream.Length == 0 ? function : $"{function}/{stream}",
            Cluster = function,
            Region = environment("AWS_REGION") ?? "",
            Metadata = [(FunctionName, function), ("AWS_LAMBDA_FUNCTION_VERSION", environment("AWS_LAMBDA_FUNCTION_VERSION") ?? "")],
        };
    }
}
