namespace DeepSym.Tests;

/// <summary>
/// How far two ways of computing the same numbers may lie apart, relative to the larger of 1 and their size: the only place that says it, for laws and for
/// golden numbers (which may carry one of their own).
/// </summary>
static class Tolerances
{
    /// <summary>Central differences of a function in float64.</summary>
    public const double Differences = 1e-6;

    /// <summary>Forward and reverse mode in float64.</summary>
    public const double Modes = 1e-10;

    /// <summary>A Fourier transform in float64 and sums of sines.</summary>
    public const double Fourier = 1e-11;

    /// <summary>One elementwise function by two of its formulas: a few units in the last place.</summary>
    public static double Pointwise(DType dtype) => Of(dtype, 1e-6, 1e-12);

    /// <summary>A function that is written in several ops, interpreted and compiled.</summary>
    public static double Function(DType dtype) => Of(dtype, 1e-5, 1e-12);

    /// <summary>The two sides of a rewrite, at points where they are well-conditioned.</summary>
    public static double Rule(DType dtype) => Of(dtype, 2e-5, 1e-9);

    /// <summary>A stable formula, relative to the value alone.</summary>
    public static double Stable(DType dtype) => Of(dtype, 3e-6, 1e-12);

    /// <summary>Factorisations of small, well-conditioned matrices.</summary>
    public static double Matrices(DType dtype) => Of(dtype, 2e-5, 1e-12);

    /// <summary>A sample of one op, or its derivative: sums in another order, some terms that cancel; also on devices.</summary>
    public static double Sample(DType dtype) => Of(dtype, 1e-4, 1e-10);

    /// <summary>A program of a few ops with sums, rewritten or not.</summary>
    public static double Program(DType dtype) => Of(dtype, 2e-4, 1e-9);

    // 16-bit floats keep 11 and 8 bits.
    static double Of(DType dtype, double single, double other) => dtype switch
    {
        DType.BFloat16 => Math.Max(2e-2, single),
        DType.Float16 => Math.Max(3e-3, single),
        DType.Float32 => single,
        _ => other,
    };
}
