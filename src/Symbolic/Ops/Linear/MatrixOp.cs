using System.Buffers;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>
/// An op on matrices: the last two axes of each input are rows and columns, those before are a stack of which every matrix is treated alike.
/// It computes in float64, whatever the dtype. Where there is no result (singular, not positive definite, not finite) it throws an
/// <see cref="ArithmeticException"/> that names the op and the matrix, and never gives NaN in silence.
/// </summary>
public abstract record MatrixOp : LibraryOp
{
    /// <inheritdoc/>
    public sealed override bool CanFail => true;

    /// <summary>
    /// Computes for one matrix of the stack: <paramref name="a"/> is that of the first input, <paramref name="b"/> of the last; both are copies that may be
    /// overwritten. The result is row-major. Returns what is wrong with the matrix, to follow its name; null when nothing is.
    /// </summary>
    private protected abstract string? Compute(Matrix a, Matrix b, Span<double> result);

    /// <inheritdoc/>
    public sealed override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var (a, b) = (inputs[0], inputs[^1]);
        var (sizeA, sizeB) = (a.Shape[^2] * a.Shape[^1], inputs.Length > 1 ? b.Shape[^2] * b.Shape[^1] : 0);
        var count = 1;
        foreach (var size in a.Shape[..^2]) count *= size;
        if (output.Length == 0 && sizeA == 0 || count == 0) return;
        var sizeResult = (int)(output.Length / count);
        var rented = ArrayPool<double>.Shared.Rent(sizeA + sizeB + sizeResult);
        var memory = rented.AsSpan();
        var left = new Matrix(memory[..sizeA], a.Shape[^2], a.Shape[^1]);
        var right = new Matrix(memory.Slice(sizeA, sizeB), b.Shape[^2], b.Shape[^1]);
        var result = memory.Slice(sizeA + sizeB, sizeResult);
        try
        {
            for (var i = 0; i < count; i++)
            {
                Load(a, i, left.Values);
                if (sizeB > 0) Load(b, i, right.Values);
                if (Compute(left, right, result) is { } problem) throw new ArithmeticException($"{Name}: {Place(a, i)} {problem}");
                Store(result, output, i);
            }
        }
        finally { ArrayPool<double>.Shared.Return(rented); }
    }

    /// <summary>Checks that x is a stack of floating matrices, square ones if asked, and returns the sizes of the stack.</summary>
    private protected IEnumerable<Dim> Check(Expr x, Guards guards, bool isSquare)
    {
        if (!x.DType.IsFloating()) throw new DTypeException($"{Name}({x.Describe()}): the elements must be floating. Convert them with T.Cast.");
        if (x.Rank < 2) throw new ShapeException($"{Name}({x.Describe()}): a matrix has two axes, and a stack of matrices more.");
        if (isSquare) guards.Equal(x.Shape[x.Rank - 2], x.Shape[x.Rank - 1], () => $"{Name}({x.Describe()}): the matrix must be square.");
        return x.Shape.Take(x.Rank - 2);
    }

    static void Load(Tensor from, int index, Span<double> to)
    {
        if (from.DType == DType.Float64) from.AsSpan<double>().Slice(index * to.Length, to.Length).CopyTo(to);
        else TensorPrimitives.ConvertTruncating<float, double>(from.AsSpan<float>().Slice(index * to.Length, to.Length), to);
    }

    static void Store(ReadOnlySpan<double> from, Tensor to, int index)
    {
        if (to.DType == DType.Float64) from.CopyTo(to.AsSpan<double>()[(index * from.Length)..]);
        else TensorPrimitives.ConvertTruncating<double, float>(from, to.AsSpan<float>()[(index * from.Length)..]);
    }

    static string Place(Tensor stack, int index)
    {
        if (stack.Rank == 2) return $"the matrix ({stack.Describe()})";
        var place = new int[stack.Rank - 2];
        for (var axis = place.Length - 1; axis >= 0; axis--) (index, place[axis]) = Math.DivRem(index, stack.Shape[axis]);
        return $"matrix [{string.Join(",", place)}] of {stack.Describe()}";
    }
}
