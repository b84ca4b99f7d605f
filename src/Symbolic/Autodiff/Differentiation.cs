using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>What <see cref="T.Grad(Expr, Expr[])"/> does with a variable that the cost does not use.</summary>
public enum Disconnected
{
    /// <summary>An error: usually a mistake.</summary>
    Throw,

    /// <summary>Zeros of the variable's shape.</summary>
    Zero,
}

public static partial class T
{
    /// <summary>The gradient <c>∂cost/∂wrt</c>, of the type of <paramref name="wrt"/>, as an expression that can be differentiated again.</summary>
    /// <exception cref="GradientException">The cost is no floating scalar, wrt is not floating, or the cost does not use it.</exception>
    public static Expr Grad(Expr cost, Expr wrt, Disconnected disconnected = Disconnected.Throw) => Grad(cost, [wrt], disconnected)[0];

    /// <summary>The gradients of a scalar cost in several expressions.</summary>
    /// <exception cref="GradientException">The cost is no floating scalar, one of wrt is not floating, or the cost does not use it.</exception>
    public static Expr[] Grad(Expr cost, params Expr[] wrt) => Grad(cost, wrt, Disconnected.Throw);

    /// <summary>The gradients of a scalar cost in several expressions; <paramref name="disconnected"/> says what an unused one gives.</summary>
    /// <exception cref="GradientException">The cost is no floating scalar, one of wrt is not floating, or the cost does not use it.</exception>
    public static Expr[] Grad(Expr cost, IReadOnlyList<Expr> wrt, Disconnected disconnected)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(wrt);
        CheckCost(cost);
        CheckWrt(wrt);
        if (disconnected == Disconnected.Throw) CheckConnected(cost, [cost], wrt, []);
        var stable = Tables.Stable(cost, wrt);   // so that the gradient is that of the stable form
        var gradients = Gradients.Reverse([(stable, Cast(1, cost.DType))], wrt);
        return [.. gradients.Select((g, i) => g ?? ZerosLike(wrt[i]))];
    }

    /// <summary>The vector-Jacobian products (Theano: <c>Lop</c>): Σ over outputs of <c>cotangentᵀ · ∂output/∂wrt</c>, for each of wrt.</summary>
    public static Expr[] Vjp(IReadOnlyList<Expr> outputs, IReadOnlyList<Expr> wrt, IReadOnlyList<Expr> cotangents)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(wrt);
        ArgumentNullException.ThrowIfNull(cotangents);
        CheckWrt(wrt);
        CheckSame(outputs, cotangents, "cotangent");
        var found = Gradients.Reverse([.. outputs.Zip(cotangents)], wrt);
        return [.. found.Select((g, i) => g ?? ZerosLike(wrt[i]))];
    }

    /// <summary>The Jacobian-vector products (Theano: <c>Rop</c>): for each output, Σ over wrt of <c>∂output/∂wrt · tangent</c>. Forward mode: one pass, whatever the number of wrt.</summary>
    public static Expr[] Jvp(IReadOnlyList<Expr> outputs, IReadOnlyList<Expr> wrt, IReadOnlyList<Expr> tangents)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(wrt);
        ArgumentNullException.ThrowIfNull(tangents);
        CheckWrt(wrt);
        CheckSame(wrt, tangents, "tangent");
        var found = Gradients.Forward(outputs, wrt, tangents);
        return [.. found.Select((t, i) => t ?? ZerosLike(outputs[i]))];
    }

    /// <summary>The derivative of one output along a tangent of one expression.</summary>
    public static Expr Jvp(Expr output, Expr wrt, Expr tangent) => Jvp([output], [wrt], [tangent])[0];

    static void CheckCost(Expr cost)
    {
        if (cost.Rank != 0)
            throw new GradientException($"The cost of a gradient must be a scalar, and {cost.Describe()} is not. Take its sum or mean, or use T.Vjp.");
        if (!cost.DType.IsFloating())
            throw new GradientException($"The cost of a gradient must be floating, and {cost.Describe()} is not: nothing flows through integers. Cast before, not after, the computation.");
    }

    static void CheckWrt(IReadOnlyList<Expr> wrt)
    {
        foreach (var x in wrt)
            if (!x.DType.IsFloating())
                throw new GradientException($"There is no derivative in {x.Describe()}: only floating expressions have one. Cast it, and differentiate in the result of the cast.");
    }

    static void CheckSame(IReadOnlyList<Expr> values, IReadOnlyList<Expr> vectors, string what)
    {
        if (values.Count != vectors.Count) throw new GradientException($"{values.Count} expressions need as many {what}s, and {vectors.Count} were given.");
        for (var i = 0; i < values.Count; i++)
            if (values[i].DType != vectors[i].DType || values[i].Rank != vectors[i].Rank)
                throw new GradientException($"The {what} of {values[i].Describe()} must have its type, and has {vectors[i].Type}.");
    }

    static void CheckConnected(Expr? cost, IReadOnlyList<Expr> outputs, IReadOnlyList<Expr> wrt, IReadOnlyList<Expr> constants)
    {
        var stops = constants.ToHashSet();
        var inside = Traversal.Topological(outputs, e => stops.Contains(e) ? [] : e.Inputs.AsSpan()).ToHashSet();
        foreach (var x in wrt)
            if (!inside.Contains(x))
                throw new GradientException($"No gradient flows from '{cost?.Name ?? (cost is null ? "the known gradients" : "the cost")}' to '{x.Name ?? x.Describe()}': {x.Name ?? "it"} does not occur in it. Pass disconnected: Disconnected.Zero to get zeros.");
    }
}

/// <summary>Lets several expressions be taken apart: <c>var (gw, gb) = T.Grad(loss, w, b);</c></summary>
public static class ExprDeconstruction
{
    /// <summary>The first two.</summary>
    public static void Deconstruct(this Expr[] exprs, out Expr first, out Expr second)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        (first, second) = (exprs[0], exprs[1]);
    }

    /// <summary>The first three.</summary>
    public static void Deconstruct(this Expr[] exprs, out Expr first, out Expr second, out Expr third)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        (first, second, third) = (exprs[0], exprs[1], exprs[2]);
    }

    /// <summary>The first four.</summary>
    public static void Deconstruct(this Expr[] exprs, out Expr first, out Expr second, out Expr third, out Expr fourth)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        (first, second, third, fourth) = (exprs[0], exprs[1], exprs[2], exprs[3]);
    }
}
