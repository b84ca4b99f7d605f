using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>The exponential <c>Σ Aⁿ/n!</c> of square matrices, by the rational approximation of degree 13 after scaling, and squaring (Higham 2005).</summary>
public sealed record MatrixExp : MatrixOp
{
    const double LargestNorm = 5.371920351148152;   // up to which the approximation is exact to rounding

    static readonly double[] s_coefficients =
    [
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
        33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ];

    /// <inheritdoc/>
    public override string Name => "expm";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        Check(inputs[0], guards, isSquare: true);
        return inputs[0].Type;
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        tangents[0] is { } tangent ? Derivative(inputs[0], tangent) : null;

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [Derivative(T.MatrixTranspose(inputs[0]), cotangent)];

    // The upper right block of exp [A E; 0 A] is the derivative at A along E.
    Expr Derivative(Expr a, Expr direction)
    {
        var upper = T.Concatenate([a, direction], -1);
        var lower = T.Concatenate([T.ZerosLike(a), a], -1);
        var n = a.Size(-1);
        return On(T.Concatenate([upper, lower], -2))[T.Ellipsis, T.Range(0, n), T.Range(n, null)];
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var (n, size) = (a.Rows, a.Values.Length);
        var norm = 0.0;   // the largest sum of a row
        for (var i = 0; i < n; i++) norm = Math.Max(norm, TensorPrimitives.SumOfMagnitudes<double>(a.Row(i)));
        if (!double.IsFinite(norm)) return "holds NaN or infinities.";
        var squarings = norm <= LargestNorm ? 0 : (int)Math.Ceiling(Math.Log2(norm / LargestNorm));
        TensorPrimitives.Multiply(a.Values, Math.ScaleB(1, -squarings), a.Values);

        var rented = ArrayPool<double>.Shared.Rent(6 * size);
        var memory = rented.AsSpan();
        var square = new Matrix(memory[..size], n, n);
        var fourth = new Matrix(memory.Slice(size, size), n, n);
        var sixth = new Matrix(memory.Slice(2 * size, size), n, n);
        var odd = new Matrix(memory.Slice(3 * size, size), n, n);
        var even = new Matrix(memory.Slice(4 * size, size), n, n);
        var sum = new Matrix(memory.Slice(5 * size, size), n, n);
        var x = new Matrix(result, n, n);
        Multiply(a, a, square);
        Multiply(square, square, fourth);
        Multiply(square, fourth, sixth);
        Polynomial(1, square, fourth, sixth, sum, even);
        Multiply(a, even, odd);
        Polynomial(0, square, fourth, sixth, sum, even);

        // exp A = (even - odd)⁻¹·(even + odd)
        TensorPrimitives.Add(even.Values, odd.Values, result);
        TensorPrimitives.Subtract(even.Values, odd.Values, even.Values);
        var problem = DeepSym.Solve.General(even, x);
        for (; squarings > 0 && problem is null; squarings--)
        {
            x.Values.CopyTo(sum.Values);
            Multiply(sum, sum, x);
        }
        ArrayPool<double>.Shared.Return(rented);
        return problem;
    }

    // Σ c[2i + first]·A²ⁱ = A⁶·(c₁₂·A⁶ + c₁₀·A⁴ + c₈·A²) + c₆·A⁶ + c₄·A⁴ + c₂·A² + c₀·1, each index one more for the odd part.
    static void Polynomial(int first, Matrix square, Matrix fourth, Matrix sixth, Matrix sum, Matrix target)
    {
        Combine(s_coefficients.AsSpan(8 + first), square, fourth, sixth, sum);
        Multiply(sixth, sum, target);
        Combine(s_coefficients.AsSpan(2 + first), square, fourth, sixth, sum);
        TensorPrimitives.Add(target.Values, sum.Values, target.Values);
        for (var i = 0; i < target.Rows; i++) target[i, i] += s_coefficients[first];
    }

    static void Combine(ReadOnlySpan<double> coefficients, Matrix square, Matrix fourth, Matrix sixth, Matrix sum)
    {
        TensorPrimitives.Multiply(square.Values, coefficients[0], sum.Values);
        TensorPrimitives.MultiplyAdd(fourth.Values, coefficients[2], sum.Values, sum.Values);
        TensorPrimitives.MultiplyAdd(sixth.Values, coefficients[4], sum.Values, sum.Values);
    }

    static void Multiply(Matrix a, Matrix b, Matrix product)
    {
        product.Values.Clear();
        for (var i = 0; i < a.Rows; i++)
            for (var k = 0; k < a.Columns; k++) TensorPrimitives.MultiplyAdd(b.Row(k), a[i, k], product.Row(i), product.Row(i));
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(x));
}

public static partial class T
{
    /// <summary>The exponential of each square matrix, <c>Σ xⁿ/n!</c>. (Theano: <c>expm</c>.)</summary>
    public static Expr MatrixExp(Expr x) => new MatrixExp().On(Matrices("expm", x));
}
