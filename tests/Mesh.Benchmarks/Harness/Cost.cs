namespace Mesh.Benchmarks.Harness;

/// <summary>What one call of a workload costs.</summary>
/// <param name="Nanoseconds">Time on the clock.</param>
/// <param name="CpuNanoseconds">Processor time of the whole process.</param>
/// <param name="Bytes">Bytes allocated in the whole process.</param>
internal readonly record struct Cost(double Nanoseconds, double CpuNanoseconds, double Bytes);

/// <summary>One round of a <see cref="Comparison"/>.</summary>
internal readonly record struct Round(Cost Baseline, Cost Mesh);
