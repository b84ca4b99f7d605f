using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>A product of a program: its structure, the sizes for its slots but the last two, and its operands.</summary>
sealed record SymbolicProduct(ProductNest Nest, ImmutableArray<Dim> Sizes, Operand Left, Operand Right)
{
    /// <summary>The product of a contraction or a convolution; null for other ops, and operands that are no matrices.</summary>
    public static SymbolicProduct? Of(LibraryStep step) => step.Output.Buffer.DType is not (DType.Float32 or DType.Float64 or DType.Int32 or DType.Int64) ? null : step.Op switch
    {
        Contract contract => OfContraction(contract, step),
        Convolution convolution => new ConvolutionProduct(convolution, step).Product,
        _ => null,
    };

    static SymbolicProduct? OfContraction(Contract contract, LibraryStep step)
    {
        var (left, right) = (new Side(step.Inputs[0]), new Side(step.Inputs[1]));
        int[] freeLeft = [.. contract.FreeLeft(left.Dims.Length)], freeRight = [.. contract.FreeRight(right.Dims.Length)];
        int[] batchLeft = [.. contract.Batch.Select(p => p.Left)], batchRight = [.. contract.Batch.Select(p => p.Right)];
        int[] sumLeft = [.. contract.Sum.Select(p => p.Left)], sumRight = [.. contract.Sum.Select(p => p.Right)];
        Dim?[] strides = [left.Stride(batchLeft), left.Stride(freeLeft), left.Stride(sumLeft), right.Stride(batchRight), right.Stride(freeRight), right.Stride(sumRight)];
        if (strides.Any(stride => stride is null)) return null;
        var (rows, columns) = (left.Size(freeLeft), right.Size(freeRight));
        var sizes = new ProductSizes(areLengthsCode: false);
        return sizes.Finish(new ProductNest(step.Output.Buffer.DType,
            sizes.Role(Batch, left.Size(batchLeft)), sizes.Role(Rows, rows), sizes.Role(Columns, columns), sizes.Role(Sum, left.Size(sumLeft)),
            sizes.Access((Batch, strides[0]!), (Rows, strides[1]!), (Sum, strides[2]!)),
            sizes.Access((Batch, strides[3]!), (Columns, strides[4]!), (Sum, strides[5]!)),
            sizes.Access((Batch, rows * columns), (Rows, columns), (Columns, Dim.One)),
            strides[1]!.IsOne ? Runs.Across : Runs.AlongSum, strides[4]!.IsOne ? Runs.Across : Runs.AlongSum, 0), step.Inputs[0], step.Inputs[1]);
    }

    /// <summary>The axes of the whole indices; those of digits come after them.</summary>
    public const int Batch = 0, Rows = 1, Columns = 2, Sum = 3, FirstDigit = 4;

    sealed class Side(Operand operand)
    {
        readonly Dim[] _strides = ContractLayout.Strides(operand.Shape, operand.Permutation);

        public Dim[] Dims { get; } = operand.Permutation.Count == 0 ? [.. operand.Shape] : [.. operand.Permutation.Select(axis => operand.Shape[axis])];

        public Dim Size(int[] axes) => axes.Aggregate(Dim.One, (product, axis) => product * Dims[axis]);

        public Dim? Stride(int[] axes) => ContractLayout.Collapse(axes, Dims, _strides);
    }
}

/// <summary>Gives the sizes of a product their slots.</summary>
/// <param name="areLengthsCode">Whether lengths that are known are part of the code: indices are divided by them. Zero and one always are.</param>
sealed class ProductSizes(bool areLengthsCode)
{
    readonly List<Dim> _sizes = [Dim.Zero];

    public Size Of(Dim dim)
    {
        if (dim.IsStatic && (areLengthsCode || dim.Constant is 0 or 1)) return Size.Of(dim.Constant);
        _sizes.Add(dim);
        return Size.Slot(_sizes.Count - 1);
    }

    public ProductRole Role(int axis, Dim extent) => new(axis, Of(extent), []);

    /// <summary>An index that is split: its digits by axis, the last one fastest.</summary>
    public ProductRole Role(int axis, IReadOnlyList<(int Axis, Dim Extent)> digits) => new(axis, Of(digits.Aggregate(Dim.One, (product, digit) => product * digit.Extent)),
        digits.Select(digit => new LoopAxis(digit.Axis, Of(digit.Extent))).ToEquatable());

    public Access Access(params IEnumerable<(int Axis, Dim Stride)> terms) => new(0, Size.Of(0), Terms(terms), []);

    public EquatableArray<AccessTerm> Terms(IEnumerable<(int Axis, Dim Stride)> terms) => terms.Where(term => term.Stride != Dim.Zero).Select(term => new AccessTerm(term.Axis, Of(term.Stride))).ToEquatable();

    public SymbolicProduct Finish(ProductNest nest, Operand left, Operand right) => new(nest with { Sizes = _sizes.Count + 2 }, [.. _sizes], left, right);
}
