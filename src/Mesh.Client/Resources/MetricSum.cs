namespace Mesh.Resources;

/// <summary>The values of a metric.</summary>
/// <param name="Requests">The answers they came with.</param>
/// <param name="Total">Their sum.</param>
internal readonly record struct MetricSum(ulong Requests, double Total)
{
    public static MetricSum operator +(MetricSum left, MetricSum right) => new(left.Requests + right.Requests, left.Total + right.Total);
}
