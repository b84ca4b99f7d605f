using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Loops;

public sealed class IfElseTests
{
    public static TheoryData<Backend> Backends => ScanTests.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void It_gives_the_branch_that_the_condition_says(Backend backend)
    {
        var (c, x) = (T.LScalar("c"), T.DVector("x"));
        var f = ScanTests.Compile(backend, [c, x], T.IfElse(c, T.Sum(x * x), T.Sum(3 * x)));
        Assert.Equal(5, f.Invoke(Tensor.Scalar(2L), ScanTests.Vector(1, 2)).Single().ToScalar<double>());
        Assert.Equal(9, f.Invoke(Tensor.Scalar(0L), ScanTests.Vector(1, 2)).Single().ToScalar<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void What_only_the_other_branch_needs_is_not_computed(Backend backend)
    {
        var (i, x) = (T.LScalar("i"), T.DVector("x"));
        var f = ScanTests.Compile(backend, [i, x], T.IfElse(i < x.Size(0), x[i], -1.0), T.IfElse(x.Size(0) > 4, x[T.Range(null, 5)][4], T.Sum(x)));
        Assert.Equal([20, 30], f.Invoke(Tensor.Scalar(1L), ScanTests.Vector(10, 20)).Select(t => t.ToScalar<double>()));
        Assert.Equal([-1, 5], f.Invoke(Tensor.Scalar(7L), ScanTests.Vector(1, 2, 3, 4, 5)).Select(t => t.ToScalar<double>()));
    }

    [Theory, MemberData(nameof(Backends))]
    public void Its_gradient_is_that_of_the_branch(Backend backend)
    {
        var (c, x) = (T.DScalar("c"), T.DScalar("x"));
        var y = T.IfElse(c > 0, T.Exp(x) * x, x * x * x);
        var gradient = T.Grad(y * y, x);
        var f = ScanTests.Compile(backend, [c, x], y, gradient, T.Grad(gradient, x));
        foreach (var value in new[] { 1.0, -1.0 })
        {
            var plain = value > 0 ? T.Exp(x) * x : x * x * x;
            var first = T.Grad(plain * plain, x);
            var expected = ScanTests.Compile(Backend.Interpreter, [x], plain, first, T.Grad(first, x)).Invoke(Tensor.Scalar(0.7));
            var got = f.Invoke(Tensor.Scalar(value), Tensor.Scalar(0.7));
            for (var k = 0; k < 3; k++) Numerically.Close(expected[k], got[k]);
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public void Choices_lie_in_choices_and_in_loops(Backend backend)
    {
        var x = T.DVector("x");
        var f = ScanTests.Compile(backend, [x], T.Map(v => T.IfElse(v > 0, T.IfElse(v > 1, T.Sqrt(v), v * v), T.Exp(v)), x),
            T.Scan(a => T.IfElse(a[1] > 5, a[1], a[1] + a[0]), [x], [0.0]).Output);
        var got = f.Invoke(ScanTests.Vector(4, 0.5, 0, 2));
        Numerically.Close(ScanTests.Vector(2, 0.25, 1, Math.Sqrt(2)), got[0]);
        Assert.Equal([4, 4.5, 4.5, 6.5], got[1].ToArray<double>());
    }

    [Fact]
    public void Several_results_of_one_branch_share_what_they_need()
    {
        var (c, x) = (T.DScalar("c"), T.DVector("x"));
        var heavy = T.Exp(x);
        var results = T.IfElse(c > 0, [T.Sum(heavy), heavy * 2], [T.Sum(x), x]);
        var graph = Rewritten(results);
        Assert.Single(graph, e => e.Op is Branch);
        Assert.DoesNotContain(graph, e => e.Op is Map { Function.Name: "exp" });

        static List<Expr> Rewritten(Expr[] roots) => Traversal.Topological(DeepSym.Rewriting.Laziness.Apply(new Graph([], [.. roots], []), new Sources([])).Outputs);
    }

    [Theory, MemberData(nameof(Backends))]
    public void Choices_with_two_conditions_may_need_one_another(Backend backend)
    {
        var (c, d, x) = (T.DScalar("c"), T.DScalar("d"), T.DVector("x"));
        var (a, b) = (T.IfElse(c > 0, T.Sin(x), x), T.IfElse(d > 0, T.Cos(x), -x));
        var (ofB, ofA) = (T.IfElse(c > 0, T.Exp(b), b), T.IfElse(d > 0, T.Exp(a), a));
        var f = ScanTests.Compile(backend, [c, d, x], ofA, ofB, a + b);
        var got = f.Invoke(Tensor.Scalar(1.0), Tensor.Scalar(-1.0), ScanTests.Vector(0.5));
        Numerically.Close(ScanTests.Vector(Math.Sin(0.5)), got[0]);
        Numerically.Close(ScanTests.Vector(Math.Exp(-0.5)), got[1]);
        Numerically.Close(ScanTests.Vector(Math.Sin(0.5) - 0.5), got[2]);
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_branch_may_need_one_result_of_a_loop_that_others_need_too(Backend backend)
    {
        var (c, x) = (T.DScalar("c"), T.DVector("x"));
        var (last, stacked) = T.Scan([T.Zeros([], DType.Float64)], [x], (carry, e) => ([carry[0] + e[0]], [carry[0] * e[0]]));
        var f = ScanTests.Compile(backend, [c, x], T.IfElse(c > 0, T.Exp(last[0]), T.Sum(x)), T.Sum(stacked[0]));
        Assert.Equal([Math.Exp(3), 2], f.Invoke(Tensor.Scalar(1.0), ScanTests.Vector(1, 2)).Select(t => t.ToScalar<double>()));
    }

    [Fact]
    public void Branches_of_different_types_are_named()
    {
        var (c, x, y) = (T.DScalar("c"), T.DVector("x", 2), T.DVector("y", 3));
        var error = Assert.Throws<ShapeException>(() => T.IfElse(c > 0, x, y));
        Assert.Equal("if_else: both branches must have one type, and are x: float64[2] and y: float64[3].", error.Message);
    }
}
