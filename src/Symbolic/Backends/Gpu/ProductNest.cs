using DeepSym.Backends.Cpu;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A sum of products as devices see it, <c>C[b, r, c] = Σ_k A[b, r, k] B[b, c, k]</c>: each of the four roles is one index, which may be split into digits, and
/// accesses say where the numbers lie. A matrix product has plain indices; in a convolution the digits are images, channels, positions and taps, and guards
/// say where a tap falls into the padding. Structure only, as a <see cref="LoopNest"/>.
/// </summary>
/// <param name="DType">Of all three.</param>
/// <param name="Batch">The index b.</param>
/// <param name="Rows">The index r.</param>
/// <param name="Columns">The index c.</param>
/// <param name="Sum">The index k.</param>
/// <param name="Left">Where A lies, over batch, rows and sum.</param>
/// <param name="Right">Where B lies, over batch, columns and sum.</param>
/// <param name="Target">Where C lies, over batch, rows and columns.</param>
/// <param name="LeftRuns">Along which of its indices A lies closest.</param>
/// <param name="RightRuns">Along which of its indices B lies closest.</param>
/// <param name="Sizes">How many slots there are; the last two are <see cref="Parts"/> and <see cref="PartLength"/>.</param>
sealed record ProductNest(DType DType, ProductRole Batch, ProductRole Rows, ProductRole Columns, ProductRole Sum, Access Left, Access Right, Access Target, Runs LeftRuns, Runs RightRuns, int Sizes)
{
    /// <summary>Into how many parts the sums are cut.</summary>
    public Size Parts => Size.Slot(Sizes - 2);

    /// <summary>The terms of a part.</summary>
    public Size PartLength => Size.Slot(Sizes - 1);

    /// <summary>Every number that the code needs.</summary>
    public IEnumerable<Size> Numbers =>
        [.. new[] { Batch, Rows, Columns, Sum }.SelectMany(role => role.Digits.Select(digit => digit.Extent).Prepend(role.Extent)), .. SizesOf(Left), .. SizesOf(Right), .. SizesOf(Target), Parts, PartLength];

    /// <summary>The matrices of a plain product, with the values of its sizes; null for convolutions.</summary>
    public GemmShape? Matrices(Func<Size, long> value) => new[] { Batch, Rows, Columns, Sum }.Any(role => role.Digits.Count > 0) || Right.Guards.Count > 0 ? null :
        new GemmShape(value(Rows.Extent), value(Columns.Extent), value(Sum.Extent))
        {
            RowStrideA = value(Left.StrideOf(Rows.Axis)),
            ColumnStrideA = value(Left.StrideOf(Sum.Axis)),
            RowStrideB = value(Right.StrideOf(Sum.Axis)),
            ColumnStrideB = value(Right.StrideOf(Columns.Axis)),
            Batch = value(Batch.Extent),
            BatchStrideA = value(Left.StrideOf(Batch.Axis)),
            BatchStrideB = value(Right.StrideOf(Batch.Axis)),
        };

    static IEnumerable<Size> SizesOf(Access access) =>
        [access.Offset, .. access.Terms.Select(t => t.Stride), .. access.Guards.SelectMany(g => g.Terms.Select(t => t.Stride).Concat([g.Offset, g.Limit, g.Stride]))];
}

/// <summary>An index of a product: the number of its axis, its extent, and the axes that it is split into, the last one fastest.</summary>
sealed record ProductRole(int Axis, Size Extent, EquatableArray<LoopAxis> Digits);

/// <summary>Which index of an operand neighbouring threads follow, so that they read neighbouring memory.</summary>
enum Runs
{
    /// <summary>The rows of the left operand, the columns of the right one.</summary>
    Across,

    /// <summary>The index that is summed.</summary>
    AlongSum,
}
