using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>The reductions of <c>theano.tensor</c> by their names there.</summary>
internal static class ReductionNames
{
    static readonly (string Name, Func<Expr, int[], bool, Expr> Meaning)[] Folds =
    [
        ("sum", T.Sum), ("prod", T.Prod), ("mean", T.Mean), ("max", T.Max), ("min", T.Min),
        ("any", (x, axes, keepDims) => Kept(T.Any(x, axes), x, axes, keepDims)),
        ("all", (x, axes, keepDims) => Kept(T.All(x, axes), x, axes, keepDims)),
    ];

    public static void AddTo(Module tensor)
    {
        foreach (var (name, meaning) in Folds)
            tensor.Add($"{name}(x, axis=None, dtype=None, keepdims=False, acc_dtype=None)", a => Fold(a, meaning));
        tensor.Add("var(x, axis=None, ddof=0, keepdims=False, corrected=False)", a => T.Var(a.Expr("x"), a.Axes(), (int)a.Whole("ddof"), a.Bool("keepdims")));
        tensor.Add("std(x, axis=None, ddof=0, keepdims=False, corrected=False)", a => T.Std(a.Expr("x"), a.Axes(), (int)a.Whole("ddof"), a.Bool("keepdims")));
        tensor.Add("argmax(x, axis=None, keepdims=False)", a => T.ArgMax(a.Expr("x"), a.Axis(), a.Bool("keepdims")));
        tensor.Add("argmin(x, axis=None, keepdims=False)", a => T.ArgMin(a.Expr("x"), a.Axis(), a.Bool("keepdims")));
        tensor.Add("max_and_argmax(x, axis=None, keepdims=False)", a => new object?[]
        {
            T.Max(a.Expr("x"), a.Axes(), a.Bool("keepdims")), T.ArgMax(a.Expr("x"), a.Axis(), a.Bool("keepdims")),
        });
        tensor.Add("ptp(x, axis=None)", a => T.PeakToPeak(a.Expr("x"), a.Axes()));
    }

    // dtype is that of the result, acc_dtype that in which it is computed.
    static Expr Fold(BoundArguments a, Func<Expr, int[], bool, Expr> meaning)
    {
        var x = a.Expr("x");
        var value = meaning(x, a.Axes(), a.Bool("keepdims"));
        var dtype = a.DType() ?? value.DType;
        if (a.DType("acc_dtype") is { } wide)
            value = meaning(T.Cast(x, wide), a.Axes(), a.Bool("keepdims"));
        return T.Cast(value, dtype);
    }

    static Expr Kept(Expr reduced, Expr x, int[] axes, bool keepDims) =>
        keepDims ? x.Shape.Axes(axes.Length == 0 ? null : axes, "reduction").Aggregate(reduced, T.ExpandDims) : reduced;
}
