using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>The place of the largest element does not change under functions that keep the order.</summary>
static class ArgReductions
{
    static readonly object Negation = Rule.KeyOf(-X), Division = Rule.KeyOf(X / Y), Subtraction = Rule.KeyOf(X - Y);

    public static readonly RuleSet Rules =
    [
        new FunctionRule("argmax of a rising function", "argmax(f(x)) → argmax(x), f one of exp, expm1, sigmoid, softplus, tanh, arctan, sinh", MoreAccurate, [typeof(ArgReduce)], OfRising,
            dtype => [T.ArgMax(T.Exp(T.Matrix("x", 2, 3, dtype)), 1), T.ArgMin(T.Sigmoid(T.Matrix("x", 2, 3, dtype)), 0)]),
        new FunctionRule("argmax of negatives", "argmax(-x) → argmin(x), argmin(-x) → argmax(x)", Exact, [typeof(ArgReduce)], OfNegatives,
            dtype => [T.ArgMax(-T.Matrix("x", 2, 3, dtype), 1)]),
        new FunctionRule("argmax of a softmax", "argmax(x - c) → argmax(x), argmax(x / s) → argmax(x); c and s the same along the axis, s a sum of exps", MoreAccurate, [typeof(ArgReduce)], OfSoftmax,
            dtype => [T.ArgMax(T.Softmax(T.Matrix("x", 2, 3, dtype)), 1), T.ArgMax(T.LogSoftmax(T.Matrix("x", 2, 3, dtype), 0), 0)]),
    ];

    static Expr? OfRising(Expr node) =>
        node.Inputs[0] is { Op: Map { Function.Name: "exp" or "expm1" or "sigmoid" or "softplus" or "tanh" or "atan" or "sinh" }, Inputs: [var x] } ? node.Op!.On(x) : null;

    static Expr? OfNegatives(Expr node) =>
        node is { Op: ArgReduce arg, Inputs: [{ Op: { } op, Inputs: [var x] }] } && Rule.KeyOf(op) == Negation ? (arg with { IsMax = !arg.IsMax }).On(x) : null;

    static Expr? OfSoftmax(Expr node)
    {
        if (node is not { Op: ArgReduce arg, Inputs: [{ Op: { } op, Inputs: [var x, { Op: BroadcastTo } c] }] } || Views.Varying(c)[arg.Axis]) return null;
        var isSumOfExps = Views.Spread(c).Core is { Op: Reduce { Monoid: Monoid.Sum }, Inputs: [{ Op: Map { Function.Name: "exp" } }] };
        return Rule.KeyOf(op) == Subtraction || Rule.KeyOf(op) == Division && isSumOfExps ? arg.On(x) : null;
    }
}
