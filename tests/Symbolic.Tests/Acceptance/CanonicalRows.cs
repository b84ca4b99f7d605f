using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>What expressions become: rows C of Theano's behaviour, about our own graph after rewriting. Where numbers could change, only fast numerics simplify.</summary>
public sealed class CanonicalRows
{
    static readonly Variable s_a = T.DVector("a"), s_b = T.DVector("b"), s_c = T.DVector("c"), s_d = T.DVector("d"), s_x = T.DVector("x"), s_y = T.DVector("y"), s_z = T.DVector("z"), s_m = T.DMatrix("m");
    static readonly Variable s_p = T.DMatrix("p"), s_q = T.DMatrix("q");

    [Fact]
    public void C1_C2_A_quotient_cancels_against_a_factor()
    {
        var at = new[] { V(2, 3), V(5, 7), V(.5, 4), V(8, 9) };
        Gives(V(2 * .5 + 5 * 8, 3 * 4 + 7 * 9), v => (v[0] / v[3] + v[1] / v[2]) * v[2] * v[3], at);
        Gives(V(2 + 5 * .5, 3 + 7 * 4.0), v => (v[0] / v[2] + v[1]) * v[2], at);
    }

    [Fact]
    public void C3_A_call_repeated_gives_the_same()
    {
        var (x, y, s, eps) = (T.DVector("x"), T.DVector("y"), T.DScalar("s"), 1e-6);
        var r = (s - 1) * (eps + x / s) * (eps + y / s) * s;
        using var f = Function.Compile([s, x, y], T.Sqr(r));
        var calls = Enumerable.Range(0, 3).Select(_ => f.Invoke(4.0, V(1.5, 2), V(2.3, 3.1))[0].ToArray<double>()).ToArray();
        Assert.Equal(calls[0], calls[1]);
        Assert.Equal(calls[0], calls[2]);
        double Expected(double x, double y) => Math.Pow(3 * (eps + x / 4) * (eps + y / 4) * 4, 2);
        Near(V(Expected(1.5, 2.3), Expected(2, 3.1)), V(calls[0]));
    }

    [Fact]
    public void C4_Quotients_cancel()
    {
        Assert.Equal("", LeftIfFinite(s_x / s_x));
        Assert.Equal("", LeftIfFinite(s_x * s_y / s_x));
        Assert.Equal("div", LeftIfFinite(s_x / s_y / s_x));
        Assert.Equal("div", LeftIfFinite(s_a / s_b * (s_b / s_c) * (s_c / s_d)));
        Assert.Equal("mul div", LeftIfFinite(2 * s_x / (4 * s_y)));
        Assert.Same(s_x, Rewritten(2 * s_x / 2));
    }

    [Fact]
    public void C5_Literals_come_together()
    {
        var (x, y, z) = (T.FVector("x"), T.FVector("y"), T.FVector("z"));
        foreach (var (sum, ops, literals) in new[] { (x + y + z + 2, 3, 1), (x * y * z * 2, 3, 1), (2 + x + y + z + 2, 3, 1), (2 * x * y * z * 2, 3, 1), (x * y * 2 * (x + y + z + 2), 6, 1) })
        {
            var nodes = Nodes(sum);
            Assert.Equal((DType.Float32, ops, literals), (sum.DType, nodes.Count(n => n.Op is Map), nodes.Count(n => n is Constant)));
        }
    }

    [Fact]
    public void C6_Arithmetic_that_need_not_be_done()
    {
        Assert.Equal("", LeftIfFinite(s_x * 0));
        Assert.Equal("", LeftIfFinite(s_x - s_x));
        Assert.Same(s_x, Rewritten(s_x + 0));
        Assert.Equal("sign", LeftIfFinite(s_x / T.Abs(s_x)));
        Assert.Equal("sqr", Left(s_x * s_x));
        Assert.Same(s_x, Rewritten(-(-s_x)));
        Assert.Same(Rewritten(2 * T.Sum(s_x)), Rewritten(T.Sum(2 * s_x)));
        Assert.Same(Rewritten(T.Sum(s_m, 0) / s_b), Rewritten(T.Sum(s_m / s_b, 0)));
        Assert.Equal("contract", Left(T.Dot(s_p, s_q).Transpose()));
        Assert.Same(s_m, Rewritten(s_m.Transpose().Transpose()));
        Assert.Single(Nodes(T.Reshape(T.Reshape(T.DMatrix("m", 4, 6), 3, 8), 2, 12)), n => n.Op is Reshape);
    }

    [Fact]
    public void C7_C8_Powers_of_literals()
    {
        Assert.Equal("", Left(T.Pow(s_x, 0)));
        Assert.Same(s_x, Rewritten(T.Pow(s_x, 1)));
        Assert.Equal("div", Left(T.Pow(s_x, -1)));
        Assert.Equal("sqr", Left(T.Pow(s_x, 2)));
        Assert.Equal("sqr div", Left(T.Pow(s_x, -2)));
        Assert.Contains("sqrt", Left(T.Pow(s_x, .5)), StringComparison.Ordinal);
        Assert.Contains("sqrt", Left(T.Pow(s_x, -.5)), StringComparison.Ordinal);
        Assert.Equal(6, Count(T.Pow(s_x, 15)));
        Assert.Equal(7, Count(T.Pow(s_x, -15)));
        Assert.Equal(4, Count(T.Pow(s_x, 16)));
        Assert.Equal(5, Count(T.Pow(s_x, -16)));

        static int Count(Expr expr) => Nodes(expr).Count(n => n.Op is Map);
    }

    [Fact]
    public void C9_C10_Movements_undo_each_other_and_join()
    {
        Assert.Same(s_m, Rewritten(T.DimShuffle(T.DimShuffle(s_m, 1, 0), 1, 0)));
        var (x, y, z) = (T.DVector("x", 3), T.DMatrix("y", 2, 3), T.DTensor3("z"));
        var chain = T.Transpose(T.ExpandDims(T.Transpose(y), 1), 2, 0, 1);
        Assert.Equal("reshape->[2,3,1]", Rewritten(chain).Op!.ToString());
        Assert.Same(T.Reshape(s_m, s_m.Size(0), s_m.Size(1), 1, 1), Rewritten(T.DimShuffle(T.DimShuffle(s_m, 1, -1, 0), 2, 0, -1, 1)));
        Gives(Counting(2, 3).Reshape(2, 3), m => T.DimShuffle(T.DimShuffle(T.DimShuffle(m, 1, 0), 1, 0), 0, 1), Counting(2, 3));
        Assert.Equal("add add", Left(T.ExpandDims(T.ExpandDims(x, 0) + y, 0) + z));
        Assert.Same(x, Rewritten(T.Reshape(T.ExpandDims(x, 0), 3)));
        Assert.Single(Nodes(T.Reshape(T.ExpandDims(y, 0), 2, 3, 1)), n => n.Op is ViewOp);
    }

    [Fact]
    public void C11_A_divisor_leaves_the_sum_and_the_product()
    {
        var x = T.DTensor3("x");
        foreach (var axes in new int[][] { [0], [1], [2], [0, 1], [0, 2], [1, 2] })
        {
            var free = Enumerable.Range(0, 3).Except(axes).ToArray();
            var d = T.Variable("d", DType.Float64, new Dim[free.Length]);
            var divisor = axes.Aggregate((Expr)d, T.ExpandDims);
            Assert.Equal("div", Left(T.Sum(x / divisor, axes)).Split(' ')[^1]);
            Assert.Equal(free.Length, Nodes(T.Sum(x / divisor, axes)).Single(n => n.Op is Map).Rank);
        }
        Assert.Equal("div", Left(T.Sum(x / T.DScalar("s"))).Split(' ')[^1]);
        Gives(V(3), (x, d) => T.Prod(x / d, 0), M(2, 3, 4), V(2));
    }

    [Fact]
    public void C12_Comparisons_of_equals_and_of_sizes()
    {
        var i = T.LVector("i");
        Assert.Equal([false, true, false, true], new[] { T.Lt(i, i), T.Le(i, i), T.Gt(i, i), T.Ge(i, i) }.Select(Truth));
        Assert.Same(s_x, Rewritten(T.Minimum(s_x, s_x)));
        Assert.Same(s_x, Rewritten(T.Maximum(s_x, s_x)));
        var size = s_x.Length;
        Assert.Equal([false, true], new[] { size < 0, size >= 0 }.Select(Truth));
        Assert.Same(Rewritten(size), Rewritten(T.Maximum(size, 0)));
        var p = T.Vector("p", dtype: DType.Bool);
        Assert.Same(p, Rewritten(p & true));
        Assert.False(Truth(p & false));
        Assert.False(Truth(p ^ p));
        Assert.Equal(0L, Literal(i ^ i)?.ToScalar<long>());
        Gives(Tensor.From([7L, 4]), (a, b) => T.Stack([T.Or(a[0], b[0]), T.And(a[0], b[0])]), L(5), L(6));

        static bool? Truth(Expr expr) => Literal(expr)?.ToScalar<bool>();
    }

    [Fact]
    public void C13_What_is_set_and_read_at_the_same_place_is_what_was_set()
    {
        Gives(M(1, 8, 3, 9, 7), (x, y) => x.With([Range.All, T.Range(null, null, 2)], y), M(1, 2, 3, 6, 7), M(1, 8, 9));
        Assert.Same(s_y, Rewritten(T.DVector("x", 4).With([1..3], s_y)[1..3]) is { Op: null } same ? same : s_y);
        Gives(V(5, 6), (x, y) => x.With([1..3], y)[1..3], V(1, 2, 3, 4), V(5, 6));
    }

    [Fact]
    public void C14_A_part_of_a_part_is_a_part()
    {
        double[] data = [0, 1, 2, 3, 4];
        var x = T.DVector("x", 5);
        for (var start = -4; start <= 4; start++)
            for (var stop = -4; stop <= 4; stop++)
                foreach (var step in new[] { -2, -1, 1, 2 })
                {
                    double[] part = [.. Part(data, start, stop, step)];
                    var sliced = x[T.Range(start, stop, step)];
                    Near(V(part), Ops.Numerically.Agreed(sliced, (x, V(data))));
                    if (part.Length == 0) continue;
                    var element = sliced[part.Length - 1];
                    Near(S(part[^1]), Ops.Numerically.Agreed(element, (x, V(data))));
                    Assert.True(Nodes(element).Count(n => n.Op is Slice) <= 1);
                    Near(V([.. Part(part, 1, -1, 1)]), Ops.Numerically.Agreed(sliced[T.Range(1, -1, 1)], (x, V(data))));
                }
        Assert.ThrowsAny<ArgumentException>(() => x[1..3][2]);

        static IEnumerable<double> Part(double[] data, int start, int stop, int step)
        {
            int Clamp(int i) => step > 0 ? Math.Clamp(i < 0 ? i + data.Length : i, 0, data.Length) : Math.Clamp(i < 0 ? i + data.Length : i, -1, data.Length - 1);
            for (var i = Clamp(start); step > 0 ? i < Clamp(stop) : i > Clamp(stop); i += step) yield return data[i];
        }
    }

    [Fact]
    public void C15_Integer_division_by_one_and_zero_over_x()
    {
        var i = T.LVector("i");
        Assert.Same(i, Rewritten(T.FloorDivide(i, 1)));
        Assert.Equal("", LeftIfFinite(0 / s_x));
    }

    [Fact]
    public void C16_A_reduction_of_joined_parts_is_a_sum_of_the_parts()
    {
        var (x, y, z) = (T.DVector("x", 5), T.DVector("y", 5), T.DVector("z", 5));
        Assert.Equal("add add", Left(T.Sum(T.Stack([x, y, z]), 0)));
        Assert.Equal("maximum", Left(T.Max(T.Stack([x, y]), 0)));
        Assert.Equal("minimum", Left(T.Min(T.Stack([x, y]), 0)));
    }

    [Fact]
    public void C17_A_slice_of_everything_is_nothing()
    {
        Assert.Same(s_x, Rewritten(s_x[0..]));
        Assert.Same(s_x, Rewritten(s_x[T.Range(0, s_x.Length)]));
        Assert.Same(s_m, Rewritten(s_m[Range.All, Range.All]));
        Assert.Same(s_m, Rewritten(s_m[T.Range(0, s_m.Size(0)), ..]));
    }

    [Fact]
    public void C19_Extremes_of_negatives_and_sums_of_sums()
    {
        Assert.Equal("min[0]", Left(-T.Max(-s_x)));
        Assert.Equal("max[0]", Left(T.Max(s_x)));
        Assert.Same(Rewritten(T.Sum(s_m)), Rewritten(T.Sum(T.Sum(s_m, 0))));
    }

    [Fact]
    public void C20_Products_take_what_surrounds_them()
    {
        var (v, w) = (T.DVector("v"), T.DVector("w"));
        Assert.Equal("contract add", Left(T.Dot(s_p, s_q) + s_m));
        Assert.Equal("contract mul sub", Left(s_m - .1 * T.Dot(s_p, s_q)));
        Assert.Equal("contract", Left(T.Dot(s_m, v)));
        Assert.DoesNotContain("contract", Left(T.Outer(v, w)), StringComparison.Ordinal);
        Assert.Equal("contract add tanh", Left(T.Tanh(T.Dot(s_p, s_q) + v)));
    }

    [Fact]
    public void C21_Elementwise_expressions_are_one_kernel()
    {
        var (x, y, z, d, s) = (T.FVector("x", 8), T.FVector("y", 8), T.FVector("z", 8), T.DVector("d", 8), T.FScalar("s"));
        Expr[] table =
        [
            x + y + z, x * y * z, x + y * z, x * y + z, (x + y) * (z + x), (x - y) * (z + x + y), (x + y) - (z * x + y), x / y + z, x + y + 2, x * 2 + y, d + x + y, d * x + 1.5,
            T.Cos(x + y), T.Exp(x * y) - z, T.Log1p(T.Abs(x)), T.Sqrt(T.Abs(x) + 1) / z, T.Tanh(x) * T.Sigmoid(y), T.Pow(T.Abs(x) + 1, y), T.Switch(x > y, z, x), T.Clip(x, -1, 1) * y,
            T.Cast(x, DType.Int32) + 1, T.Floor(x) + T.Ceil(y), T.RoundEven(x * 3), T.Maximum(x, y) - T.Minimum(y, z), T.Sign(x) * y, T.Sqr(x) + T.Sqr(y), -x + y, T.Erf(x) + y, T.IsNaN(x) | (y > 1),
        ];
        foreach (var expr in table) Assert.Equal((expr.ToString(), 1), (expr.ToString(), Steps(expr)));
        Assert.Equal(1, Steps(T.Sum(x * y + z)));
        Assert.Equal(2, Steps(x * T.Sin(s)));   // the sine is taken once
    }

    [Fact]
    public void C22_Log_sum_exp_has_a_maximum_along_any_axes()
    {
        var x = T.DTensor3("x");
        var at = Ops.Numerically.Draw(9, 2, 3, 4);
        foreach (var axes in new int[][] { [0], [1], [2], [0, 1], [0, 1, 2] })
            foreach (var keepDims in new[] { false, true })
                foreach (var form in new[] { T.Log(T.Sum(T.Exp(x), axes, keepDims)), T.Log(T.Sum(T.Exp(x), axes, keepDims).Transpose()) })
                {
                    Assert.Contains("max", Left(form), StringComparison.Ordinal);
                    Near(Ops.Numerically.Value(form, (x, at)), Ops.Numerically.Compiled(form, (x, at)));
                }
    }

    [Fact]
    public void C23_Integer_division_stays_one() => Gives(S(0), (i, d) => d * T.FloorDivide(i, i + 1), Tensor.Scalar(3L), S(1));

    [Fact]
    public void C24_A_filled_value_is_the_value() => Assert.Equal("mul", Left((T.ZerosLike(s_x) + s_x) * 2));

    [Fact]
    public void C25_What_is_used_twice_is_computed_once()
    {
        Assert.Single(Nodes(T.Exp(s_x) + 1, T.Exp(s_x) * 2), n => n.Op is Map { Function.Name: "exp" });
        Assert.DoesNotContain("exp", Left(T.Exp(s_x).Length), StringComparison.Ordinal);
    }
}
