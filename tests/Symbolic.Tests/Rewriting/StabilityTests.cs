using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Rewriting;

/// <summary>What is written in the plain way is computed in the accurate one: values and gradients in float32 and float64, against exact numbers.</summary>
public sealed class StabilityTests
{
    const double Ln2 = 0.6931471805599453;

    static readonly Dictionary<string, (Func<Expr, Expr> F, (double X, double Value, double Slope)[] Points)> Elementwise = new()
    {
        ["log(1 + x)"] = (x => T.Log(1 + x), [(1e-20, 1e-20, 1), (1e-10, 9.9999999995e-11, 0.9999999999), (0, 0, 1), (1, Ln2, 0.5)]),
        ["log(1 - x)"] = (x => T.Log(1 - x), [(1e-20, -1e-20, -1), (1e-10, -1.00000000005e-10, -1.0000000001), (0.5, -Ln2, -2)]),
        ["log(x + 1)"] = (x => T.Log(x + 1), [(1e-20, 1e-20, 1)]),
        ["log(2 + x - 1)"] = (x => T.Log(2 + x - 1), [(1e-20, 1e-20, 1)]),
        ["exp(x) - 1"] = (x => T.Exp(x) - 1, [(1e-20, 1e-20, 1), (1e-10, 1.00000000005e-10, 1.0000000001), (0, 0, 1)]),
        ["-1 + exp(x)"] = (x => -1 + T.Exp(x), [(1e-20, 1e-20, 1)]),
        ["1 - exp(x)"] = (x => 1 - T.Exp(x), [(1e-20, -1e-20, -1)]),
        ["log(1 + exp(x))"] = (x => T.Log(1 + T.Exp(x)), [(-40, 4.248354255291589e-18, 4.248354255291589e-18), (0, Ln2, 0.5), (40, 40, 1), (800, 800, 1), (-800, 0, 0)]),
        ["log(1 - exp(x))"] = (x => T.Log(1 - T.Exp(x)), [(-1e-10, -23.025850929990457, -9999999999.5), (-40, -4.248354255291589e-18, -4.248354255291589e-18), (-1, -0.45867514538708193, -0.5819767068693265)]),
        ["log(sigmoid(x))"] = (x => T.Log(T.Sigmoid(x)), [(-800, -800, 1), (-40, -40, 1), (0, -Ln2, 0.5), (40, -4.248354255291589e-18, 4.248354255291589e-18), (800, 0, 0)]),
        ["log(1 - sigmoid(x))"] = (x => T.Log(1 - T.Sigmoid(x)), [(800, -800, -1), (40, -40, -1), (0, -Ln2, -0.5), (-40, -4.248354255291589e-18, -4.248354255291589e-18)]),
        ["1 - sigmoid(x)"] = (x => 1 - T.Sigmoid(x), [(40, 4.248354255291589e-18, -4.248354255291589e-18), (0, 0.5, -0.25), (-40, 1, -4.248354255291589e-18)]),
        ["1 / (1 + exp(-x))"] = (x => 1 / (1 + T.Exp(-x)), [(-800, 0, 0), (0, 0.5, 0.25), (800, 1, 0)]),
        ["exp(x) / (1 + exp(x))"] = (x => T.Exp(x) / (1 + T.Exp(x)), [(-800, 0, 0), (0, 0.5, 0.25), (800, 1, 0)]),
        ["sigmoid(-x) exp(x)"] = (x => T.Sigmoid(-x) * T.Exp(x), [(-800, 0, 0), (0, 0.5, 0.25), (800, 1, 0)]),
        ["log(exp(x))"] = (x => T.Log(T.Exp(x)), [(-1000, -1000, 1), (1000, 1000, 1)]),
        ["log(exp(x) + exp(2x))"] = (x => T.Log(T.Exp(x) + T.Exp(2 * x)), [(1000, 2000, 2), (-1000, -1000, 1), (0, Ln2, 1.5)]),
        ["log(exp(2x) - exp(x))"] = (x => T.Log(T.Exp(2 * x) - T.Exp(x)), [(1000, 2000, 2), (Ln2, Ln2, 3)]),
        ["log(5 + exp(x))"] = (x => T.Log(5 + T.Exp(x)), [(1000, 1000, 1), (-1000, 1.6094379124341003, 0)]),
        ["exp(x) exp(-x)"] = (x => T.Exp(x) * T.Exp(-x), [(1000, 1, 0)]),
        ["sqrt(x²)"] = (x => T.Sqrt(T.Sqr(x)), [(1e-30, 1e-30, 1), (-1e30, 1e30, -1), (0, 0, 0)]),
        ["1 - erf(x)"] = (x => 1 - T.Erf(x), [(5, 1.5374597944280349e-12, -1.5670866531017336e-11)]),
        ["log(erfc(x))"] = (x => T.Log(T.Erfc(x)), [(30, -903.97411711065388, -60.03329639875623), (0, 0, -1.1283791670955126)]),
        ["tanh from exps"] = (x => (T.Exp(x) - T.Exp(-x)) / (T.Exp(x) + T.Exp(-x)), [(800, 1, 0), (0, 0, 1)]),
    };

    public static TheoryData<string, DType> Forms
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var name in Elementwise.Keys)
                foreach (var dtype in new[] { DType.Float64, DType.Float32 }) data.Add(name, dtype);
            return data;
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void A_plain_formula_is_accurate_and_so_is_its_gradient(string name, DType dtype)
    {
        var (f, points) = Elementwise[name];
        var x = T.Vector("x", dtype: dtype);
        var at = Tensor.From<double>([.. points.Select(p => p.X)]).To(dtype);
        var value = Numerically.Compiled(f(x), (x, at)).To(DType.Float64).ToArray<double>();
        var slope = Numerically.Compiled(T.Grad(T.Sum(f(x)), x), (x, at)).To(DType.Float64).ToArray<double>();
        for (var i = 0; i < points.Length; i++)
        {
            Near(points[i].Value, value[i], dtype, $"{name} at {points[i].X}");
            Near(points[i].Slope, slope[i], dtype, $"the derivative of {name} at {points[i].X}");
        }
    }

    [Theory]
    [InlineData(DType.Float32, 0), InlineData(DType.Float32, 1), InlineData(DType.Float64, 0), InlineData(DType.Float64, 1)]
    public void Log_sum_exp_and_softmax_are_stable_along_any_axis(DType dtype, int axis)
    {
        var x = T.Matrix("x", dtype: dtype);
        var at = Tensor.From<double>([1000, -1000, 1000, 2000], 2, 2).To(dtype);
        double[] logSumExp = axis == 0 ? [1000 + Ln2, 2000] : [1000, 2000];
        double[] softmax = axis == 0 ? [0.5, 0, 0.5, 1] : [1, 0, 0, 1];
        Equal(logSumExp, T.Log(T.Sum(T.Exp(x), axis)));
        Equal(logSumExp, T.Log(T.Sum(T.Exp(x), [axis], keepDims: true)));
        Equal(logSumExp, T.Log(T.Sum(T.Exp(x.Transpose()), 1 - axis)));
        Equal([.. logSumExp.Select(v => v - Ln2)], T.Log(T.Mean(T.Exp(x), axis)));
        Equal(softmax, T.Exp(x) / T.Sum(T.Exp(x), [axis], keepDims: true));
        Equal(softmax, T.Grad(T.Sum(T.Log(T.Sum(T.Exp(x), axis))), x));
        double[] logSoftmax = axis == 0 ? [-Ln2, -3000, -Ln2, 0] : [0, -2000, -1000, 0];
        Equal(logSoftmax, T.Log(T.Softmax(x, axis)));
        Equal(logSoftmax, T.Log(T.Exp(x) / T.Sum(T.Exp(x), [axis], keepDims: true)));
        Equal([.. softmax.Select(p => 1 - 2 * p)], T.Grad(T.Sum(T.Log(T.Softmax(x, axis))), x));

        void Equal(double[] expected, Expr expr)
        {
            var got = Numerically.Compiled(expr, (x, at)).To(DType.Float64).ToArray<double>();
            for (var i = 0; i < got.Length; i++) Near(expected[i], got[i], dtype, expr.ToString());
        }
    }

    [Theory]
    [InlineData(DType.Float32), InlineData(DType.Float64)]
    public void A_crossentropy_written_from_a_softmax_is_that_of_the_logits(DType dtype)
    {
        var (x, t) = (T.Matrix("x", dtype: dtype), T.LVector("t"));
        var inputs = new[] { (x, Tensor.From<double>([0, 1000, 1, 2], 2, 2).To(dtype)), (t, Tensor.From([0L, 1])) };
        foreach (var cost in new[]
        {
            -T.Mean(T.Log(T.Softmax(x))[T.Arange(t.Length), t]), -T.Mean(T.Log(T.Softmax(x)[T.Arange(t.Length), t])), T.Mean(T.CategoricalCrossentropy(T.Softmax(x), t)),
            T.Mean(-T.Sum(T.OneHot(t, 2, dtype) * T.Log(T.Softmax(x)), 1)), -T.Mean(T.Log(T.Exp(x) / T.Sum(T.Exp(x), [1], keepDims: true))[T.Arange(t.Length), t]),
        })
        {
            Near(500.1566308437591, Numerically.Compiled(cost, inputs).To(DType.Float64).ToScalar<double>(), dtype, cost.ToString());
            var gradient = Numerically.Compiled(T.Grad(cost, x), inputs).To(DType.Float64).ToArray<double>();
            double[] expected = [-0.5, 0.5, 0.13447071068499758, -0.13447071068499755];
            for (var i = 0; i < 4; i++) Near(expected[i], gradient[i], dtype, $"the gradient of {cost}");
        }
    }

    [Theory]
    [InlineData(DType.Float32), InlineData(DType.Float64)]
    public void A_binary_crossentropy_of_a_sigmoid_is_that_of_the_logits(DType dtype)
    {
        var x = T.Vector("x", dtype: dtype);
        var t = T.Constant(Tensor.From([0.0, 1, 1]).To(dtype));
        var at = Tensor.From([800.0, -800, 0]).To(dtype);
        foreach (var cost in new[] { -(t * T.Log(T.Sigmoid(x)) + (1 - t) * T.Log(1 - T.Sigmoid(x))), T.BinaryCrossentropy(T.Sigmoid(x), t), T.BinaryCrossentropy(1 / (1 + T.Exp(-x)), t) })
        {
            Numerically.Close(Tensor.From([800, 800, Ln2]), Numerically.Compiled(cost, (x, at)));
            Numerically.Close(Tensor.From([1, -1, -0.5]), Numerically.Compiled(T.Grad(T.Sum(cost), x), (x, at)));
        }
    }

    [Fact]
    public void A_step_of_descent_from_a_saturated_sigmoid_is_no_NaN()
    {
        var x = T.DVector("x");
        var next = x - 0.1 * T.Grad(T.Mean(T.Log(1 - T.Sigmoid(x))), x);
        Numerically.Close(Tensor.From([50.1]), Numerically.Compiled(next, (x, Tensor.From([50.0]))));
    }

    [Fact]
    public void The_branch_that_was_not_taken_does_not_leak_into_gradients()
    {
        var x = T.DVector("x");
        var at = Tensor.From([-1.0, 0, 4]);
        foreach (var (cost, expected) in new (Expr, double[])[]
        {
            (T.Switch(x > 0, T.Sqrt(x), 0), [0, 0, 0.25]), (T.Switch(x <= 0, 0, T.Log(x)), [0, 0, 0.25]), (T.Switch(x > 0, x * T.Log(x), 0), [0, 0, Math.Log(4) + 1]),
            (T.Switch(x > 0, T.Sqr(1 / T.Sqrt(x)), x), [1, 1, -1.0 / 16]), (T.Switch(T.Sum(x) > 10, T.Sum(T.Sqrt(x)), T.Sum(x)), [1, 1, 1]),
            (T.Switch(x.Reshape(3, 1) > 0, T.Sqrt(x).Reshape(3, 1), 0), [0, 0, 0.25]),
        })
        {
            Numerically.Close(Tensor.From(expected), Numerically.Agreed(T.Grad(T.Sum(cost), x), (x, at)));
            var strict = Function.Compile([x], T.Grad(T.Sum(cost), x), options: new CompileOptions { Numerics = Numerics.Strict });
            Numerically.Close(Tensor.From(expected), strict.Invoke(at)[0]);
        }
    }

    [Fact]
    public void What_a_mask_takes_out_of_a_product_is_zero()
    {
        var (c, x) = (T.DVector("c"), T.DVector("x"));
        var product = T.Switch(c > 0, x, 0) * T.Switch(c > 0, x, T.Log(c) * x);
        var inputs = new[] { (c, Tensor.From([0.1, 0, 1, -1])), (x, Tensor.From([1.0, 2, 3, 4])) };
        Numerically.Close(Tensor.From([1.0, 0, 9, 0]), Numerically.Compiled(product, inputs));
        Numerically.Close(Tensor.From([2.0, 0, 6, 0]), Numerically.Compiled(T.Grad(T.Sum(product), x), inputs));
    }

    [Theory]
    [InlineData(2), InlineData(-1)]
    public void What_only_looks_like_a_stable_form_is_left_alone(int sign)
    {
        var x = T.DVector("x");
        var at = Tensor.From([0.3, -0.7]);
        foreach (var f in new Func<Expr, Expr>[] { e => T.Log(2 + e), e => T.Exp(e) / (2 + T.Exp(e)), e => 1 / (1 + 2 * T.Exp(e)), e => T.Exp(e + 1) / (1 + T.Exp(e)), e => T.Exp(e) - 2, e => T.Log(1 + sign * T.Exp(e) * 0.1) })
            Numerically.Agreed(f(x), (x, at));
    }

    static void Near(double expected, double got, DType dtype, string what)
    {
        var tolerance = Tolerances.Stable(dtype);
        Assert.True(expected.Equals(got) || Math.Abs(got - expected) <= tolerance * Math.Max(Math.Abs(expected), dtype == DType.Float32 ? 1e-37 : 1e-300), $"{what} in {dtype.Name()}: expected {expected:R}, got {got:R}");
    }
}
