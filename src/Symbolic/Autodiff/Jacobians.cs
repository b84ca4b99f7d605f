using DeepSym.Rewriting;

namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// The derivatives of every element of <paramref name="output"/> in every element of <paramref name="wrt"/>: shape <c>output.shape + wrt.shape</c>.
    /// One pass in reverse for each element of the output, in a loop.
    /// </summary>
    /// <exception cref="GradientException">One of the two is not floating, or the output does not use wrt.</exception>
    public static Expr Jacobian(Expr output, Expr wrt, Disconnected disconnected = Disconnected.Throw) => Jacobian(output, [wrt], disconnected)[0];

    /// <summary>The Jacobian in several expressions, one for each.</summary>
    /// <exception cref="GradientException">One of them is not floating, or the output does not use it.</exception>
    public static Expr[] Jacobian(Expr output, IReadOnlyList<Expr> wrt, Disconnected disconnected = Disconnected.Throw)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(wrt);
        if (output.Rank == 0) return Grad(output, wrt, disconnected);
        if (!output.DType.IsFloating()) throw new GradientException($"There are no derivatives of {output.Describe()}: only floating expressions have some.");
        CheckWrt(wrt);
        if (disconnected == Disconnected.Throw) CheckConnected(output, [output], wrt, []);
        var flat = Tables.Stable(Flatten(output), wrt);
        var elements = new Iota(flat.Shape, 0).On();
        var rows = Scan(i => (Expr[])[.. Vjp([flat], wrt, [Cast(Eq(elements, i[0]), flat.DType)])], [elements]).Outputs;
        return [.. rows.Select((row, k) => Reshape(row, Shape.Of([.. output.Shape, .. wrt[k].Shape])))];
    }

    /// <summary>The second derivatives of a scalar cost in every pair of elements of <paramref name="wrt"/>: shape <c>wrt.shape + wrt.shape</c>.</summary>
    /// <exception cref="GradientException">The cost is no floating scalar, wrt is not floating, or the cost does not use it.</exception>
    public static Expr Hessian(Expr cost, Expr wrt, Disconnected disconnected = Disconnected.Throw) => Jacobian(Grad(cost, wrt, disconnected), wrt, Disconnected.Zero);

    /// <summary>The Hessian of a scalar cost times a vector of the type of <paramref name="wrt"/>, without the Hessian: forward over reverse, two passes in all.</summary>
    /// <exception cref="GradientException">The cost is no floating scalar, wrt is not floating, or the cost does not use it.</exception>
    public static Expr HessianVectorProduct(Expr cost, Expr wrt, Expr vector) => Jvp(Grad(cost, wrt), wrt, vector);

    /// <summary><see cref="Vjp"/> of one output by Theano's name: <c>cotangentᵀ · ∂output/∂wrt</c>.</summary>
    public static Expr Lop(Expr output, Expr wrt, Expr cotangent) => Vjp([output], [wrt], [cotangent])[0];

    /// <summary><see cref="Jvp(Expr, Expr, Expr)"/> by Theano's name: <c>∂output/∂wrt · tangent</c>.</summary>
    public static Expr Rop(Expr output, Expr wrt, Expr tangent) => Jvp(output, wrt, tangent);
}
