namespace DeepSym.Tests.Loops;

/// <summary>The loops of Theano's tutorial, documentation and tests, with the results that they give there.</summary>
public sealed class TheanoExamples
{
    static readonly Backend[] Both = [Backend.Interpreter, Backend.Cpu];

    static void Gives(Variable[] inputs, Expr output, Tensor[] values, double[] expected, int precision = 10)
    {
        foreach (var backend in Both)
        {
            var got = ScanTests.Compile(backend, inputs, output).Invoke(values).Single().To(DType.Float64).ToArray<double>();
            Assert.Equal(expected.Select(e => Math.Round(e, precision)), got.Select(g => Math.Round(g, precision)));
        }
    }

    static Tensor Matrix(int rows, params double[] values) => Tensor.From<double>(values, rows, values.Length / rows);

    [Fact]
    public void An_Elman_network_reads_backwards_and_forwards()
    {
        var (x, w, y, u, p, v) = (T.DVector("x"), T.DMatrix("w"), T.DMatrix("y"), T.DMatrix("u"), T.DMatrix("p"), T.DMatrix("v"));
        var states = T.Scan(a => T.Tanh(T.Dot(a[2], w) + T.Dot(a[0], u) + T.Dot(a[1], v)), [y, p[T.Range(null, null, -1)]], [x]).Output;
        var ones = Matrix(2, 1, 1, 1, 1);
        double[] yRows = [-3, -3, .. Enumerable.Repeat(1.0, 8)], pRows = [3, 3, .. Enumerable.Repeat(1.0, 8)];
        double[] column = [-.9950547536867305, .9647197295264438, .9999858491917162, .9999877109552199, .9999999958774901];
        Gives([x, w, y, u, p, v], states, [ScanTests.Vector(0, 1), ones, Matrix(5, yRows), ones, Matrix(5, pRows), ones], [.. column.SelectMany(c => new[] { c, c })]);
    }

    [Fact]
    public void Norms_traces_and_triangular_numbers_are_loops()
    {
        var x = T.DMatrix("x");
        var n = T.LScalar("n");
        var diagonal = Tensor.Zeros<double>(6, 6);
        for (var i = 0; i < 5; i++) diagonal.SetNumber(i * 6 + i + 1, new Number(i + 1, i + 1));
        Gives([x], T.Map(row => T.Sqrt(T.Sum(row * row)), x), [diagonal], [1, 2, 3, 4, 5, 0]);
        Gives([x], T.Map(column => T.Sqrt(T.Sum(column * column)), T.Transpose(x)), [diagonal], [0, 1, 2, 3, 4, 5]);
        Gives([x], T.Scan(a => a[0] * 0 + x[a[0], a[0]] + a[1], [T.Arange(5)], [0.0]).Last[0], [Matrix(5, [0, 1, 2, 3, 4, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1])], [4]);
        Gives([n], T.Map(i => i * (i + 1) / 2, T.Arange(n)), [Tensor.Scalar(15L)], [0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78, 91, 105]);
    }

    [Fact]
    public void A_Jacobian_is_a_loop_over_gradients()
    {
        var (v, a) = (T.DVector("v"), T.DMatrix("a"));
        var y = T.Tanh(T.Dot(v, a));
        var rows = T.Map(i => T.Grad(y[i], v), T.Arange(y.Size(0)));
        double[] eye = [1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0];
        Gives([v, a], rows, [ScanTests.Vector(1, 0, 0, 0, 0), Matrix(5, eye)], [.41997434, 0, .41997434, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0], precision: 8);
    }

    [Fact]
    public void A_Hessian_is_a_loop_over_gradients_of_a_loop()
    {
        var (x, a) = (T.DVector("x"), T.DMatrix("a"));
        var y = 0.5 * T.Dot(x * x, T.Dot(a, x));
        var gradient = T.Grad(y, x);
        Gives([x, a], T.Map(i => T.Grad(gradient[i], x), T.Arange(gradient.Size(0))) * 0.9, [ScanTests.Vector(1, 1), Matrix(2, 1, 1, 1, 0)], [3.6, 1.8, 1.8, .9]);
    }

    [Fact]
    public void Places_and_values_are_sequences()
    {
        var (places, values) = (T.LMatrix("places"), T.DVector("values"));
        var zeros = T.Zeros([5, 5], DType.Float64);
        var output = T.Scan(a => T.Switch(T.Eq(T.Reshape(T.Arange(25), 5, 5), a[0][0] * 5 + a[0][1]), a[1], zeros), [places, values]).Output;
        var expected = new double[50];
        (expected[6], expected[25 + 13]) = (42, 50);
        Gives([places, values], output, [Tensor.From<long>([1, 1, 2, 3], 2, 2), ScanTests.Vector(42, 50)], expected);
    }

    [Fact]
    public void The_number_of_steps_counts_in_a_shared_variable()
    {
        foreach (var backend in Both)
        {
            var (k, n) = (T.Shared(Tensor.Scalar(1L), "k"), T.LScalar("n"));
            var scan = T.Scan(_ => new ScanStep { Updates = [(k, k + 1)] }, steps: n);
            using var f = Function.Compile([n], [k + 1, scan.Updates[0].Value + 1], scan.Updates, options: new() { Backend = backend });
            Assert.Equal([2, 12], f.Invoke(Tensor.Scalar(10L)).Select(t => t.ToScalar<long>()));
            Assert.Equal([12, 22], f.Invoke(Tensor.Scalar(10L)).Select(t => t.ToScalar<long>()));
            Assert.Equal(21, k.GetValue().ToScalar<long>());
        }
    }

    [Fact]
    public void Going_backwards_gives_the_outputs_in_the_order_of_the_steps()
    {
        var v = T.DVector("v");
        Gives([v], T.Scan(a => a[0] + 2 * a[1], [v], [0.0], backwards: true).Output, [ScanTests.Vector(1, 2, 3)], [3, 8, 17 + 0]);
    }

    [Fact]
    public void A_truncated_gradient_flows_through_the_last_steps_only()
    {
        var w = T.DScalar("w");
        Gives([w], T.Grad(Power(2), w), [Tensor.Scalar(2.0)], [16]);
        Gives([w], T.Grad(Power(0), w), [Tensor.Scalar(2.0)], [32]);

        Expr Power(int truncation) => T.Scan(a => a[0] * w, outputs: [1.0], steps: 4, truncateGradient: truncation).Last[0];
    }

    [Fact]
    public void A_loop_that_stops_has_as_many_rows_as_it_ran()
    {
        var x = T.DVector("x");
        var data = new double[50];
        data[23] = 4;
        var found = T.Scan(a => new ScanStep(a[0] + 1) { Until = a[0] > 3 }, [x]).Output;
        Gives([x], found.Size(0), [ScanTests.Vector(data)], [24]);
    }

    [Fact]
    public void The_gradient_of_a_loop_that_stops_is_zero_after_the_stop()
    {
        var (x, u) = (T.DVector("x"), T.DScalar("u"));
        var values = ScanTests.Vector([.. Enumerable.Range(0, 15).Select(i => (double)i)]);
        var plain = T.Scan(a => new ScanStep(a[0] * a[0]) { Until = a[0] > u }, [x]).Output;
        Gives([x, u], plain, [values, Tensor.Scalar(5.0)], [0, 1, 4, 9, 16, 25, 36]);
        Gives([x, u], T.Grad(T.Sum(plain), x), [values, Tensor.Scalar(5.0)], [0, 2, 4, 6, 8, 10, 12, 0, 0, 0, 0, 0, 0, 0, 0]);
        var truncated = T.Scan(a => new ScanStep(a[0] * a[0]) { Until = a[0] > u }, [x], truncateGradient: 3).Output;
        Gives([x, u], T.Grad(T.Sum(truncated), x), [values, Tensor.Scalar(5.0)], [0, 0, 0, 0, 8, 10, 12, 0, 0, 0, 0, 0, 0, 0, 0]);
        var tapped = T.Scan(a => new ScanStep(a[0] * a[1]) { Until = a[1] > u }, [new(x, -2, 0)], truncateGradient: 3).Output;
        Gives([x, u], T.Grad(T.Sum(tapped), x), [values, Tensor.Scalar(6.0)], [0, 0, 0, 5, 6, 10, 4, 5, 0, 0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void A_positive_tap_looks_ahead()
    {
        var x = T.DVector("x");
        Gives([x], T.Scan(a => a[0], [new(x, 2)], steps: 1).Output, [ScanTests.Vector([.. Enumerable.Range(0, 20).Select(i => (double)i)])], [2]);
        Gives([x], T.Scan(a => a[0], [new(x, -2, -1)]).Output, [ScanTests.Vector(1, 2, 3, 4, 5)], [1, 2, 3]);
    }

    [Fact]
    public void A_tap_of_three_steps_has_three_initial_rows()
    {
        var (sequence, initial, other) = (T.DMatrix("sequence", 10, 3), T.DMatrix("initial", 3, 3), T.DVector("other", 3));
        var scanned = T.Scan(a => a[0] + a[1] + other is var t ? new ScanStep(t, t) : t, [sequence], [new(initial, -3), Initial.None]);
        Tensor[] values = [Tensor.Zeros<double>(10, 3), Tensor.Zeros<double>(3, 3), Tensor.Zeros<double>(3)];
        double[] rows = [4, 3, 3, 3, 2, 2, 2, 1, 1, 1];
        foreach (var cost in scanned.Outputs.Select(o => T.Sum(o)))
        {
            Gives([sequence, initial, other], T.Grad(cost, sequence), values, [.. rows.SelectMany(r => new[] { r, r, r })]);
            Gives([sequence, initial, other], T.Grad(cost, initial), values, [.. rows.Take(3).SelectMany(r => new[] { r, r, r })]);
            Gives([sequence, initial, other], T.Grad(cost, other), values, [22, 22, 22]);
        }
    }
}
