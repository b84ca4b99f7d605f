using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>The determinant of square matrices; 0 for a singular one.</summary>
public sealed record Determinant : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "determinant";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type with { Shape = Shape.Of(Check(inputs[0], guards, isSquare: true)) };

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        tangents[0] is { } tangent ? T.SumKeepingType(new Cofactors().On(inputs[0]) * tangent, [tangent.Rank - 2, tangent.Rank - 1]) : null;

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var sign = Factor(a);
        if (sign is null) return Problem;
        result[0] = Product(a, sign.Value);
        return null;
    }

    /// <summary>Overwrites a with its LU factors; the sign of the permutation, 0 of a singular matrix, null of one with NaN.</summary>
    internal static int? Factor(Matrix a)
    {
        var rented = ArrayPool<int>.Shared.Rent(a.Rows);
        var sign = Elimination.Lu(a, rented);
        ArrayPool<int>.Shared.Return(rented);
        return sign == 0 && TensorPrimitives.IsNaNAny<double>(a.Values) ? null : sign;
    }

    /// <summary>The determinant from the LU factors.</summary>
    internal static double Product(Matrix factors, int sign)
    {
        double product = sign;
        for (var i = 0; i < factors.Rows && sign != 0; i++) product *= factors[i, i];
        return product;
    }

    internal const string Problem = "holds NaN or infinities.";

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(Triangle.Separated(x)));
}

/// <summary>The sign of the determinant (0 for a singular matrix) and the log of its size (then -∞), along a new last axis.</summary>
public sealed record LogDeterminant : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "slogdet";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type with { Shape = Shape.Of([.. Check(inputs[0], guards, isSquare: true), 2]) };

    // d log|det| = tr(A⁻¹·dA); the sign does not change.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var trace = T.SumKeepingType(T.MatrixTranspose(T.MatrixInverse(inputs[0])) * tangent, [tangent.Rank - 2, tangent.Rank - 1]);
        return T.Stack([T.ZerosLike(trace), trace], -1);
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        if (Determinant.Factor(a) is not { } sign) return Determinant.Problem;
        (result[0], result[1]) = (sign, sign == 0 ? double.NegativeInfinity : 0);
        for (var i = 0; i < a.Rows && sign != 0; i++)
        {
            result[0] *= Math.Sign(a[i, i]);
            result[1] += Math.Log(Math.Abs(a[i, i]));
        }
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(Triangle.Separated(x)));
}

public static partial class T
{
    /// <summary>The determinant of each square matrix; 0 for a singular one, where it has a gradient but no second derivative (an <see cref="ArithmeticException"/> of the call).</summary>
    public static Expr Det(Expr x) => new Determinant().On(Matrices("det", x));

    /// <summary>The sign of the determinant (0 for a singular matrix) and the log of its absolute value (then -∞), which does not overflow. A singular matrix has no gradient here.</summary>
    public static (Expr Sign, Expr LogAbsDet) SLogDet(Expr x)
    {
        var both = new LogDeterminant().On(Matrices("slogdet", x));
        return (both[Ellipsis, 0], both[Ellipsis, 1]);
    }
}
