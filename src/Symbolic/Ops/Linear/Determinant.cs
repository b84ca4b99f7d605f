using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>Three numbers for each square matrix, along a new last axis: the determinant, its sign (0 for a singular matrix) and the log of its size (then -∞).</summary>
public sealed record Determinant : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "determinant";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type with { Shape = Shape.Of([.. Check(inputs[0], guards, isSquare: true), 3]) };

    // d det = det·tr(A⁻¹·dA), and d log|det| = tr(A⁻¹·dA); the sign does not change.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var inverse = T.MatrixTranspose(T.MatrixInverse(inputs[0]));
        var trace = T.SumKeepingType(inverse * tangent, [tangent.Rank - 2, tangent.Rank - 1]);
        return T.Stack([T.Det(inputs[0]) * trace, T.ZerosLike(trace), trace], -1);
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var rented = ArrayPool<int>.Shared.Rent(a.Rows);
        var sign = Elimination.Lu(a, rented);
        ArrayPool<int>.Shared.Return(rented);
        if (sign == 0 && TensorPrimitives.IsNaNAny<double>(a.Values)) return "holds NaN or infinities.";
        (result[0], result[1], result[2]) = (sign, sign, sign == 0 ? double.NegativeInfinity : 0);
        for (var i = 0; i < a.Rows && sign != 0; i++)
        {
            result[0] *= a[i, i];
            result[1] *= Math.Sign(a[i, i]);
            result[2] += Math.Log(Math.Abs(a[i, i]));
        }
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(x + 4 * Triangle.Identity(x)));
}

public static partial class T
{
    /// <summary>The determinant of each square matrix; 0 for a singular one, at which there is no gradient (an <see cref="ArithmeticException"/> of the call).</summary>
    public static Expr Det(Expr x) => new Determinant().On(Matrices("det", x))[Ellipsis, 0];

    /// <summary>The sign of the determinant (0 for a singular matrix) and the log of its absolute value (then -∞), which does not overflow.</summary>
    public static (Expr Sign, Expr LogAbsDet) SLogDet(Expr x)
    {
        var all = new Determinant().On(Matrices("slogdet", x));
        return (all[Ellipsis, 1], all[Ellipsis, 2]);
    }
}
