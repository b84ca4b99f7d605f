namespace DeepSym.Tests;

/// <summary>How far two ways of computing the same numbers may lie apart, relative to the larger of 1 and their size.</summary>
internal static class Tolerances
{
    /// <summary>One elementwise function by two of its formulas: a few units in the last place.</summary>
    public static double Pointwise(DType dtype) => dtype switch
    {
        DType.BFloat16 => 8e-3,
        DType.Float16 => 1e-3,
        DType.Float32 => 1e-6,
        _ => 1e-12,
    };

    /// <summary>A sample of one op, or its derivative: sums in another order, some terms that cancel.</summary>
    public static double Sample(DType dtype) => dtype switch
    {
        DType.BFloat16 => 2e-2,
        DType.Float16 => 3e-3,
        DType.Float32 => 1e-4,
        _ => 1e-10,
    };

    /// <summary>A program of a few ops with sums, rewritten or not.</summary>
    public static double Program(DType dtype) => dtype switch
    {
        DType.Float32 => 2e-4,
        _ => 1e-9,
    };
}
