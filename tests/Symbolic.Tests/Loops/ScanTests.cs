namespace DeepSym.Tests.Loops;

public sealed class ScanTests
{
    public static TheoryData<Backend> Backends => [Backend.Interpreter, Backend.Cpu];

    [Theory, MemberData(nameof(Backends))]
    public void A_power_is_a_product_in_a_loop(Backend backend)
    {
        var a = T.DVector("a");
        var k = T.LScalar("k");
        var powers = T.Scan(x => x[0] * a, outputs: [T.OnesLike(a)], steps: k).Output;
        var power = Compile(backend, [a, k], powers[-1]);
        Assert.Equal([0, 1, 4, 9], power.Invoke(Vector(0, 1, 2, 3), Tensor.Scalar(2L)).Single().ToArray<double>());
        Assert.Equal([0, 1, 16, 81], power.Invoke(Vector(0, 1, 2, 3), Tensor.Scalar(4L)).Single().ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_polynomial_is_a_map_and_a_sum(Backend backend)
    {
        var (c, x) = (T.DVector("c"), T.DScalar("x"));
        var terms = T.Scan(a => a[0] * T.Exp(a[1] * T.Log(x)), sequences: [c, T.Cast(T.Arange(c.Size(0)), DType.Float64)]).Output;
        var f = Compile(backend, [c, x], T.Sum(terms));
        Assert.Equal(19, f.Invoke(Vector(1, 0, 2), Tensor.Scalar(3.0)).Single().ToScalar<double>(), 1e-9);
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_running_sum_in_carry_form_gives_the_last_carry_and_the_outputs(Backend backend)
    {
        var x = T.DVector("x");
        var (last, stacked) = T.Scan([T.Constant(Tensor.Scalar(0.0))], [x], (carry, e) => ([carry[0] + e[0]], [carry[0] * 10]));
        var f = Compile(backend, [x], last[0], stacked[0]);
        var got = f.Invoke(Vector(1, 2, 3));
        Assert.Equal(6, got[0].ToScalar<double>());
        Assert.Equal([0, 10, 30], got[1].ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void No_step_gives_no_rows_and_the_initial_value(Backend backend)
    {
        var (x, n) = (T.DVector("x"), T.LScalar("n"));
        var scan = T.Scan(a => a[0] * 2, outputs: [x], steps: n);
        var f = Compile(backend, [x, n], scan.Output, scan.Last[0]);
        var none = f.Invoke(Vector(1, 2), Tensor.Scalar(0L));
        Assert.Equal([0, 2], none[0].Shape.ToArray());
        Assert.Equal([1, 2], none[1].ToArray<double>());
        var one = f.Invoke(Vector(1, 2), Tensor.Scalar(1L));
        Assert.Equal([2, 4], one[0].ToArray<double>());
        Assert.Equal([2, 4], one[1].ToArray<double>());
        var error = Assert.Throws<ShapeException>(() => f.Invoke(Vector(1, 2), Tensor.Scalar(-1L)));
        Assert.StartsWith("scan: the number of steps (<n>) must not be negative.", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Backends))]
    public void Taps_of_sequences_and_outputs_are_shifted(Backend backend)
    {
        var (x, y) = (T.DVector("x"), T.DVector("y"));
        var r = T.Scan(a => a[0] + a[1] * a[2], [new(x, -1, 0)], [new(y, -2)]).Output;
        var fibonacci = T.Scan(a => a[0] + a[1], outputs: [new(y, -2, -1)], steps: 6).Output;
        var f = Compile(backend, [x, y], r, fibonacci);
        var got = f.Invoke(Vector(1, 2, 3, 4), Vector(1, 1));
        Assert.Equal([1 + 2 * 1, 2 + 3 * 1, 3 + 4 * 3], got[0].ToArray<double>());
        Assert.Equal([2, 3, 5, 8, 13, 21], got[1].ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_loop_ends_after_the_step_in_which_its_condition_holds(Backend backend)
    {
        var x = T.DScalar("x");
        var scan = T.Scan(a => new ScanStep(a[0] * 2) { Until = a[0] * 2 > 45 }, outputs: [x], steps: 1024);
        var f = Compile(backend, [x], scan.Output, scan.Last[0]);
        var got = f.Invoke(Tensor.Scalar(1.0));
        Assert.Equal([2, 4, 8, 16, 32, 64], got[0].ToArray<double>());
        Assert.Equal(64, got[1].ToScalar<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void Loops_lie_in_loops(Backend backend)
    {
        var x = T.DMatrix("x");
        var f = Compile(backend, [x], T.Map(row => T.Scan(a => a[1] + a[0] * a[0], [row], [T.ZerosLike(row[0])]).Output, x));
        Assert.Equal([1, 5, 14, 16, 41, 77], f.Invoke(Tensor.From<double>([1, 2, 3, 4, 5, 6], 2, 3)).Single().ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_slice_inside_may_be_longer_in_each_step(Backend backend)
    {
        var x = T.DVector("x");
        var f = Compile(backend, [x], T.Map(i => T.Sum(x[T.Range(null, i + 1)]), T.Arange(x.Size(0))));
        Assert.Equal([1, 3, 6, 10], f.Invoke(Vector(1, 2, 3, 4)).Single().ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void Shared_variables_that_a_step_updates_are_carried(Backend backend)
    {
        var k = T.Shared(Tensor.Scalar(1.0), "k");
        var scan = T.Scan(_ => new ScanStep(k * 10) { Updates = [(k, k + 1)] }, steps: 4);
        using var f = Function.Compile([], scan.Output, scan.Updates, options: new() { Backend = backend });
        Assert.Equal([10, 20, 30, 40], f.Invoke().Single().ToArray<double>());
        Assert.Equal([50, 60, 70, 80], f.Invoke().Single().ToArray<double>());
        Assert.Equal(9, k.GetValue().ToScalar<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void Every_step_draws_its_own_random_numbers(Backend backend)
    {
        var stream = new RandomStream(5);
        var outside = stream.Uniform([3]);
        var draws = T.Scan(_ => stream.Uniform([3]) + 0 * outside, steps: 4).Output;
        using var f = Function.Compile([], [draws], stream.Updates, options: new() { Backend = backend });
        var values = f.Invoke().Concat(f.Invoke()).SelectMany(t => t.ToArray<float>()).ToArray();
        Assert.Equal(24, values.Distinct().Count());
        Assert.Equal(2, stream.Updates.Count);
    }

    [Theory, MemberData(nameof(Backends))]
    public void Folds_go_in_their_directions(Backend backend)
    {
        var x = T.DVector("x");
        var f = Compile(backend, [x], T.Foldl((v, acc) => acc - 2 * v, x, 0), T.Foldr((v, acc) => v - 2 * acc, x, 0.0), T.Reduce(T.Maximum, x, x[0]), T.Map(v => v * v, x, backwards: true));
        var got = f.Invoke(Vector(1, 2, 4));
        Assert.Equal(-14, got[0].ToScalar<double>());
        Assert.Equal(1 - 2 * (2 - 2 * 4.0), got[1].ToScalar<double>());
        Assert.Equal(4, got[2].ToScalar<double>());
        Assert.Equal([16, 4, 1], got[3].ToArray<double>());
    }

    [Theory, MemberData(nameof(Backends))]
    public void Gradients_of_steps_are_those_of_their_stable_forms(Backend backend)
    {
        var x = T.DVector("x");
        var cost = T.Foldl((v, sum) => sum + T.Log(1 + T.Exp(v)), x, 0);
        var f = Compile(backend, [x], T.Grad(cost, x));
        Assert.Equal([1, 0.5], f.Invoke(Vector(800, 0)).Single().ToArray<double>());
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var (x, h, w) = (T.DMatrix("x"), T.DVector("h", 10), T.DMatrix("w", 10, 10));
        var f = Compile(Backend.Cpu, [x, h, w], T.Scan(a => T.Tanh(T.Dot(a[1], w) + a[0]), [x], [h]).Last[0]);
        Tensor[] outputs = [Tensor.Zeros<double>(10)];
        Assert.InRange(Allocated(1000) - Allocated(10), -100, 100);

        long Allocated(int steps)
        {
            Tensor[] inputs = [Tensor.Zeros<double>(steps, 10), Tensor.Zeros<double>(10), Tensor.Zeros<double>(10, 10)];
            for (var i = 0; i < 3; i++) f.Invoke(inputs, outputs);
            var before = GC.GetAllocatedBytesForCurrentThread();
            f.Invoke(inputs, outputs);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_sequence_that_is_too_short_is_named()
    {
        var x = T.DVector("x", 3);
        var error = Assert.Throws<ShapeException>(() => T.Scan(a => a[0], [x], steps: 4));
        Assert.Equal("scan: the sequence x: float64[3] has 3 elements for 4 steps.", error.Message);
    }

    [Fact]
    public void An_error_inside_of_a_step_has_the_names_of_the_user()
    {
        var (x, h, w) = (T.DMatrix("x"), T.DVector("h"), T.DMatrix("w"));
        var f = Compile(Backend.Cpu, [x, h, w], T.Scan(a => T.Tanh(a[0] + T.Dot(a[1], w)), [x], [h]).Output);
        var error = Assert.Throws<ShapeException>(() => f.Invoke(Tensor.Zeros<double>(2, 3), Tensor.Zeros<double>(3), Tensor.Zeros<double>(4, 3)));
        Assert.Equal("dot(h: float64[h.0], w: float64[w.0,w.1]): axis 0 of the left (h.0) must equal axis 0 of the right (w.0). Here h.0 is 3 and w.0 is 4.", error.Message);
    }

    [Fact]
    public void A_carry_keeps_its_shape()
    {
        var x = T.DVector("x", 3);
        var error = Assert.Throws<ShapeException>(() => T.Scan(a => a[0] + x, outputs: [T.DScalar("s")], steps: 4));
        Assert.Equal("scan: the step turns s: float64 into float64[3], and a carry keeps its shape. Begin with a value of that shape.", error.Message);
    }

    [Fact]
    public void Equal_loops_are_one_expression()
    {
        var x = T.DVector("x");
        Assert.Same(Build(), Build());

        Expr Build() => T.Map(v => T.Exp(v) * x[0], x);
    }

    internal static Function Compile(Backend backend, Variable[] inputs, params Expr[] outputs) =>
        Function.Compile([.. inputs.Select(x => (In)x)], outputs, options: new() { Backend = backend, AllowUnusedInputs = true });

    internal static Tensor Vector(params double[] values) => Tensor.From<double>(values, values.Length);
}
