using DeepSym.Kernels;
using DeepSym.Rewriting;

namespace DeepSym.Tests.Acceptance;

/// <summary>Checks of one row: values by the processor's compiled code and by the interpreter, or the nodes that are left after rewriting.</summary>
internal static class Row
{
    const double Relative = 1e-9;   // the rows themselves say 1e-7

    /// <summary>A vector of float64.</summary>
    public static Tensor V(params double[] values) => Tensor.From(values);

    /// <summary>A vector of int64.</summary>
    public static Tensor L(params long[] values) => Tensor.From(values);

    /// <summary>A matrix of float64, row after row.</summary>
    public static Tensor M(int rows, params double[] values) => Tensor.From<double>(values, rows, values.Length / rows);

    /// <summary>The float64 numbers 0, 1, 2 ... in a shape.</summary>
    public static Tensor Counting(params int[] shape) => Tensor.Arange(shape.Aggregate(1, (p, s) => p * s)).To(DType.Float64).Reshape(shape);

    /// <summary>A scalar of float64.</summary>
    public static Tensor S(double value) => Tensor.Scalar(value);

    /// <summary>Holds when a function of one variable has the value, on both backends.</summary>
    public static void Gives(Tensor expected, Func<Expr, Expr> f, Tensor x, double tolerance = Relative) => Gives(expected, a => f(a[0]), [x], tolerance);

    /// <summary>Holds when a function of two variables has the value, on both backends.</summary>
    public static void Gives(Tensor expected, Func<Expr, Expr, Expr> f, Tensor x, Tensor y, double tolerance = Relative) => Gives(expected, a => f(a[0], a[1]), [x, y], tolerance);

    /// <summary>Holds when a function of variables has the value, on both backends.</summary>
    public static void Gives(Tensor expected, Func<Expr[], Expr> f, Tensor[] values, double tolerance = Relative)
    {
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu }) Near(expected, Value(f, values, backend), tolerance);
    }

    /// <summary>Holds when the compiled function has the value: one that it owes to rewriting, and that the interpreter does not have.</summary>
    public static void Compiled(Tensor expected, Func<Expr, Expr> f, Tensor x, double tolerance = Relative) => Near(expected, Value(a => f(a[0]), [x], Backend.Cpu), tolerance);

    /// <summary>As above, of two variables.</summary>
    public static void Compiled(Tensor expected, Func<Expr, Expr, Expr> f, Tensor x, Tensor y, double tolerance = Relative) => Near(expected, Value(a => f(a[0], a[1]), [x, y], Backend.Cpu), tolerance);

    /// <summary>The value of a function of variables, which are named x, y, z, u ... and have free sizes.</summary>
    public static Tensor Value(Func<Expr[], Expr> f, Tensor[] values, Backend backend)
    {
        Variable[] variables = [.. values.Select((value, i) => Free("xyzuvwabc"[i].ToString(), value))];
        var options = new CompileOptions { Backend = backend, AllowUnusedInputs = true };
        using var function = Function.Compile([.. variables.Select(v => (In)v)], [f([.. variables])], options: options);
        return function.Invoke(values)[0];
    }

    /// <summary>A variable for such values.</summary>
    public static Variable Free(string name, Tensor value) => T.Variable(name, value.DType, new Dim[value.Rank]);

    /// <summary>Holds when every element is as expected up to a relative tolerance; integers and truth values exactly, infinities and NaN too.</summary>
    public static void Near(Tensor expected, Tensor actual, double tolerance = Relative)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        if (!expected.DType.IsFloating()) Assert.Equal(expected.DType, actual.DType);
        var (e, a) = (expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
            if (!(e[i].Equals(a[i]) || e[i] == a[i] || Math.Abs(e[i] - a[i]) <= tolerance * Math.Abs(e[i]) || (e[i] == 0 && Math.Abs(a[i]) <= 1e-15)))
                Assert.Fail($"element {i} of [{string.Join(",", expected.Shape.ToArray())}]: expected {e[i]:R}, got {a[i]:R}");
    }

    /// <summary>The expression after all rewriting.</summary>
    public static Expr Rewritten(Expr expr) => T.Simplify(expr);

    /// <summary>The number that the expression is everywhere after all rewriting; null where it is not one.</summary>
    public static Tensor? Literal(Expr expr) => Literals.Of(Rewritten(expr))?.Value;

    /// <summary>The nodes of several expressions after all rewriting.</summary>
    public static List<Expr> Nodes(params Expr[] exprs) => Traversal.Topological(T.Simplify(exprs));

    /// <summary>What is computed after rewriting, in order: functions of elements, reductions, products; what only moves elements is left out.</summary>
    public static string Left(params Expr[] exprs) => Names(Nodes(exprs));

    /// <summary>As <see cref="Left"/>, where all numbers are taken to be finite.</summary>
    public static string LeftIfFinite(Expr expr) => Names(Traversal.Topological(T.Simplify(expr, Numerics.Fast)));

    static string Names(IEnumerable<Expr> nodes) => string.Join(' ', nodes.Where(e => e.Op is not (null or ViewOp or DimValue))
        .Select(e => e.Op is Map map ? map.Function.Name : e.Op is Reduce ? e.Op.ToString() : e.Op!.Name));

    /// <summary>How many kernels and other steps the function of an expression has.</summary>
    public static int Steps(Expr expr)
    {
        var graph = new Graph([.. Traversal.Leaves([expr]).OfType<Variable>()], [Rewritten(expr)], []);
        return Scheduler.Build(NarrowTypes.Widen(graph, new Sources([])), dim => dim).Steps.Length;
    }
}
