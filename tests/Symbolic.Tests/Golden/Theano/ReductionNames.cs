using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>The reductions of <c>theano.tensor</c> by their names there.</summary>
internal static class ReductionNames
{
    static readonly (string Name, Func<Expr, int[], bool, Expr> Meaning)[] Folds =
    [
        ("sum", T.Sum), ("prod", T.Prod), ("mean", T.Mean), ("max", T.Max), ("min", T.Min), ("any", T.Any), ("all", T.All),
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
        AddAlongAxis(tensor);
        AddCounting(tensor, (Module)tensor["extra_ops"]!);
    }

    static void AddAlongAxis(Module tensor)
    {
        tensor.Add("cumsum(x, axis=None)", a => T.CumSum(a.Expr("x"), a.Axis()));
        tensor.Add("cumprod(x, axis=None)", a => T.CumProd(a.Expr("x"), a.Axis()));
        tensor.Add("sort(x, axis=-1)", a => T.Sort(a.Expr("x"), a.Axis()));
        tensor.Add("argsort(x, axis=-1)", a => T.ArgSort(a.Expr("x"), a.Axis()));
        tensor.Add("topk(x, kth, axis=-1, sorted=True)", a => T.TopK(a.Expr("x"), (int)a.Whole("kth"), a.Axis()!.Value));
        tensor.Add("argtopk(x, kth, axis=-1, sorted=True)", a => T.ArgTopK(a.Expr("x"), (int)a.Whole("kth"), a.Axis()!.Value));
    }

    static void AddCounting(Module tensor, Module extra)
    {
        tensor.Add("bincount(x, weights=None, minlength=None)", a =>
            T.BinCount(a.Expr("x"), a.Has("weights") ? a.Expr("weights") : null, a.Has("minlength") ? Symbolic.Size(a["minlength"]) : null));
        tensor.Add("searchsorted(x, v, side='left', sorter=None)", a =>
            T.SearchSorted(a.Expr("x"), a.Expr("v"), a.Text("side") == "right", a.Has("sorter") ? a.Expr("sorter") : null));
        extra.Add("diff(x, n=1, axis=-1)", a => T.Diff(a.Expr("x"), (int)a.Whole("n"), a.Axis()!.Value));
        extra.Add("Unique(return_index=False, return_inverse=False, return_counts=False)", wanted => new NativeFunction("unique(x)", a =>
        {
            var distinct = T.Unique(a.Expr("x"));
            var results = new List<object?> { distinct.Values };
            if (wanted.Bool("return_index")) results.Add(distinct.Index);
            if (wanted.Bool("return_inverse")) results.Add(distinct.Inverse);
            if (wanted.Bool("return_counts")) results.Add(distinct.Counts);
            return results;
        }));
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
}
