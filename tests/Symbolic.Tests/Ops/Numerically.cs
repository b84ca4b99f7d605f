namespace DeepSym.Tests.Ops;

/// <summary>Values of expressions by the definition, and derivatives by differences.</summary>
internal static class Numerically
{
    static readonly CompileOptions Plain = new() { Backend = Backend.Interpreter, AllowUnusedInputs = true };

    /// <summary>The value by the interpreter.</summary>
    public static Tensor Value(Expr expr, params (Variable Variable, Tensor Value)[] inputs) => Run(expr, Plain, inputs);

    /// <summary>The value by the interpreter and by the processor's code, which must agree.</summary>
    public static Tensor Agreed(Expr expr, params (Variable Variable, Tensor Value)[] inputs)
    {
        var value = Value(expr, inputs);
        Close(value, Compiled(expr, inputs), Tolerances.Function(expr.DType));
        return value;
    }

    /// <summary>The value by the processor's code, rewritten on the way.</summary>
    public static Tensor Compiled(Expr expr, params (Variable Variable, Tensor Value)[] inputs) => Run(expr, Plain with { Backend = Backend.Cpu }, inputs);

    public static Tensor Run(Expr expr, CompileOptions options, (Variable Variable, Tensor Value)[] inputs) =>
        Function.Compile([.. inputs.Select(i => (In)i.Variable)], [expr], options: options).Invoke([.. inputs.Select(i => i.Value)])[0];

    /// <summary>Holds when every element is as expected, up to a tolerance relative to the larger of 1 and its size: by default that of an elementwise function.</summary>
    public static void Close(Tensor expected, Tensor actual, double? tolerance = null)
    {
        var allowed = tolerance ?? Tolerances.Pointwise(actual.DType);
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (e, a) = (expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
            if (!(e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= allowed * Math.Max(1, Math.Abs(e[i]))))
                Assert.Fail($"element {i} of [{string.Join(",", expected.Shape.ToArray())}]: expected {e[i]:R}, got {a[i]:R}");
    }

    /// <summary>Numbers in [-1, 1) that a seed determines, as float64.</summary>
    public static Tensor Draw(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return Tensor.From<double>([.. Enumerable.Range(0, shape.Aggregate(1, (p, s) => p * s)).Select(_ => 2 * random.NextDouble() - 1)], shape);
    }

    /// <summary>A scalar that weights every element of an output differently.</summary>
    public static Expr Weighted(Expr output, int seed = 5)
    {
        var flat = T.Flatten(output);
        return T.Sum(flat * T.Cast(T.Mod(T.Arange(flat.Length) * 7 + seed, 11) - 4, output.DType));
    }

    /// <summary>
    /// Holds when the gradient of a scalar in each float64 input equals central differences, when forward mode agrees with it, and when the same is true
    /// of the weighted gradient (second derivatives) if <paramref name="twice"/> says so.
    /// </summary>
    public static void CheckGradient(Expr cost, bool twice, params (Variable Variable, Tensor Value)[] inputs)
    {
        foreach (var (variable, value) in inputs)
        {
            if (variable.DType != DType.Float64) continue;
            var gradient = T.Grad(cost, variable, Disconnected.Zero);
            Close(Differences(cost, variable, value, inputs), Value(gradient, inputs), Tolerances.Differences);
            var direction = Draw(77, value.Shape.ToArray());
            var alongForward = T.Jvp(cost, variable, T.Constant(direction));
            var alongReverse = T.Sum(gradient * T.Constant(direction));
            Close(Value(alongReverse, inputs), Value(alongForward, inputs), Tolerances.Modes);
            if (twice) CheckGradient(Weighted(gradient), twice: false, inputs);
        }
    }

    static Tensor Differences(Expr cost, Variable variable, Tensor value, (Variable Variable, Tensor Value)[] inputs)
    {
        const double Step = 1e-5;
        var function = Function.Compile([.. inputs.Select(i => (In)i.Variable)], [cost], options: Plain);
        var result = Tensor.Zeros<double>(value.Shape);
        for (var i = 0; i < value.Length; i++)
            result.AsSpan<double>()[i] = (At(i, Step) - At(i, -Step)) / (2 * Step);
        return result;

        double At(int element, double step)
        {
            var moved = value.Copy();
            moved.AsSpan<double>()[element] += step;
            return function.Invoke([.. inputs.Select(p => ReferenceEquals(p.Variable, variable) ? moved : p.Value)])[0].ToScalar<double>();
        }
    }

    /// <summary>The distribution function of the standard normal distribution.</summary>
    public static double StandardNormal(double x) => Normal(x);

    private static Func<double, double> Normal { get; } = Compile();

    private static Func<double, double> Compile()
    {
        var x = T.DScalar("x");
        return Function.Compile<double, double>(x, T.Erfc(-x / Math.Sqrt(2)) / 2, options: new CompileOptions { Threads = 1 });
    }
}
