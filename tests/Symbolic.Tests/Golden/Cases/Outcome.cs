using DeepSym.Tests.Golden.Arrays;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>What running a case gave: an array for each output that could be computed, null for those that wait for a missing feature.</summary>
internal sealed record Outcome(IReadOnlyList<NdArray?> Outputs, IReadOnlyList<string> Missing);
