using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>How a gradient is taken where the plain form does not do.</summary>
public sealed record GradientOptions
{
    /// <summary>Gradients that are given, not computed: they stand for whatever the cost would have brought to these expressions, and go on from there. Empty by default.</summary>
    public IReadOnlyList<(Expr Of, Expr Gradient)> KnownGradients { get; init; } = [];

    /// <summary>Expressions that count as constants: no gradient goes through them. Empty by default.</summary>
    public IReadOnlyList<Expr> ConsiderConstant { get; init; } = [];

    /// <summary>What a variable gives that nothing uses. By default an error.</summary>
    public Disconnected Disconnected { get; init; }
}

public static partial class T
{
    /// <summary>
    /// The gradients of a scalar cost in several expressions, with known gradients and constants. Without a cost they are those that the known gradients bring.
    /// </summary>
    /// <exception cref="GradientException">The cost is no floating scalar, one of wrt is not floating or not used, there is neither cost nor known gradient, or one has not the type of what it belongs to.</exception>
    public static Expr[] Grad(Expr? cost, IReadOnlyList<Expr> wrt, GradientOptions options)
    {
        ArgumentNullException.ThrowIfNull(wrt);
        ArgumentNullException.ThrowIfNull(options);
        var known = options.KnownGradients;
        if (cost is null && known.Count == 0) throw new GradientException("A gradient needs a cost, or known gradients to begin with.");
        if (cost is not null) CheckCost(cost);
        CheckWrt(wrt);
        CheckSame([.. known.Select(k => k.Of)], [.. known.Select(k => k.Gradient)], "known gradient");
        List<Expr> outputs = [.. known.Select(k => k.Of)];
        if (cost is not null) outputs.Add(Tables.Stable(cost, [.. wrt, .. outputs, .. options.ConsiderConstant]));
        if (options.Disconnected == Disconnected.Throw) CheckConnected(cost, outputs, wrt, options.ConsiderConstant);
        Expr[] cotangents = [.. known.Select(k => k.Gradient), .. cost is null ? [] : new[] { Cast(1, cost.DType) }];
        var gradients = Gradients.Reverse([.. outputs.Zip(cotangents)], wrt, known.Select(k => k.Of).ToHashSet(), options.ConsiderConstant.ToHashSet());
        return [.. gradients.Select((g, i) => g ?? ZerosLike(wrt[i]))];
    }

    /// <summary>
    /// Gradients through a part of a graph: of the cost, and of gradients known at its start, in <paramref name="wrt"/> and in the expressions at its end, which
    /// count as constants. Those at the end are known gradients of the next part. (Theano: <c>subgraph_grad</c>.)
    /// </summary>
    /// <exception cref="GradientException">As for <see cref="Grad(Expr?, IReadOnlyList{Expr}, GradientOptions)"/>; what is not used has zeros.</exception>
    public static (Expr[] Wrt, Expr[] End) SubgraphGrad(IReadOnlyList<Expr> wrt, IReadOnlyList<Expr> end, IReadOnlyList<(Expr Of, Expr Gradient)>? start = null, Expr? cost = null)
    {
        ArgumentNullException.ThrowIfNull(wrt);
        ArgumentNullException.ThrowIfNull(end);
        var all = Grad(cost, [.. wrt, .. end], new GradientOptions { KnownGradients = start ?? [], ConsiderConstant = end, Disconnected = Disconnected.Zero });
        return (all[..wrt.Count], all[wrt.Count..]);
    }
}
