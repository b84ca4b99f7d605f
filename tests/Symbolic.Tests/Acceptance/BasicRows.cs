using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>First steps, functions and shared state: rows B of Theano's behaviour, and what its random streams promise (R8, R9).</summary>
public sealed class BasicRows
{
    [Fact]
    public void B1_B3_A_sum_of_scalars_and_of_matrices()
    {
        var (x, y) = (T.DScalar("x"), T.DScalar("y"));
        var f = Function.Compile<double, double, double>(x, y, x + y);
        Assert.Equal((5.0, 28.4), (f(2, 3), f(16.3, 12.1)));
        Gives(M(2, 11, 22, 33, 44), (x, y) => x + y, M(2, 1, 2, 3, 4), M(2, 10, 20, 30, 40));
    }

    [Fact]
    public void B2_An_expression_prints_as_it_is_written() => Assert.Equal("(x + y)", (T.DScalar("x") + T.DScalar("y")).ToString());

    [Fact]
    public void B4_A_sum_with_a_power() => Gives(V(0, 2, 1026), a => a + T.Pow(a, 10), V(0, 1, 2));

    [Fact]
    public void B5_B6_The_logistic_function_in_two_forms()
    {
        var expected = M(2, .5, .73105858, .26894142, .11920292);
        Gives(expected, x => 1 / (1 + T.Exp(-x)), M(2, 0, 1, -1, -2), 1e-7);
        Gives(expected, x => (1 + T.Tanh(x / 2)) / 2, M(2, 0, 1, -1, -2), 1e-7);
    }

    [Fact]
    public void B7_Several_outputs()
    {
        var (a, b) = (T.DMatrix("a"), T.DMatrix("b"));
        using var f = Function.Compile([a, b], [a - b, T.Abs(a - b), T.Sqr(a - b)]);
        var values = f.Invoke(M(2, 1, 1, 1, 1), M(2, 0, 1, 2, 3));
        Near(M(2, 1, 0, -1, -2), values[0]);
        Near(M(2, 1, 0, 1, 2), values[1]);
        Near(M(2, 1, 0, 1, 4), values[2]);
    }

    [Fact]
    public void B8_B9_Inputs_with_defaults_are_left_out_or_given_by_name()
    {
        var (x, y, w) = (T.DScalar("x"), T.DScalar("y"), T.DScalar("w_by_name"));
        using var two = Function.Compile([x, new In(y, 1.0)], x + y);
        Assert.Equal([34.0, 35], new[] { two.Invoke(33.0), two.Invoke(33.0, 2.0) }.Select(v => v[0].ToScalar<double>()));
        using var three = Function.Compile([x, new In(y, 1.0), new In(w, 2.0)], (x + y) * w);
        Assert.Equal([68.0, 70, 33], new[] { three.Invoke(33.0), three.Invoke(33.0, 2.0), three.Invoke(33.0, 0.0, 1.0) }.Select(v => v[0].ToScalar<double>()));
        Assert.Equal(34.0, three.InvokeNamed(("x", 33.0), ("w_by_name", 1.0))["0"].ToScalar<double>());
        Assert.Equal(33.0, three.InvokeNamed(("x", 33.0), ("w_by_name", 1.0), ("y", 0.0))["0"].ToScalar<double>());
    }

    [Fact]
    public void B10_Two_functions_share_their_state()
    {
        var (state, inc) = (T.Shared(Tensor.Scalar(0L), "state"), T.LScalar("inc"));
        using var accumulator = Function.Compile([inc], state, [(state, state + inc)]);
        using var decrementor = Function.Compile([inc], state, [(state, state - inc)]);
        (long, long) After(Function f, long by) => (f.Invoke(by)[0].ToScalar<long>(), state.GetValue().ToScalar<long>());
        Assert.Equal((0, 1), After(accumulator, 1));
        Assert.Equal((1, 301), After(accumulator, 300));
        state.SetValue(-1L);
        Assert.Equal((-1, 2), After(accumulator, 3));
        Assert.Equal((2, 0), After(decrementor, 2));
    }

    [Fact]
    public void B11_A_given_stands_for_a_shared_variable_in_one_function()
    {
        var (state, inc, other) = (T.Shared(Tensor.Scalar(0L), "state"), T.LScalar("inc"), T.LScalar("other"));
        using var f = Function.Compile([inc, other], state * 2 + inc, givens: [(state, other)]);
        Assert.Equal(7, f.Invoke(1L, 3L)[0].ToScalar<long>());
        Assert.Equal(0, state.GetValue().ToScalar<long>());
    }

    [Fact]
    public void B13_An_input_with_an_update_is_the_state_of_its_function()
    {
        var (u, x, s) = (T.DScalar("u"), T.DScalar("x"), T.DScalar("s"));
        using var inc = Function.Compile([u, new In(x, 3.0), new In(s, 10.0, s + x * u)], Array.Empty<Expr>());
        inc.Invoke(5.0);
        Assert.Equal(25.0, inc[s]!.ToScalar<double>());
        inc.Invoke(3.0, 4.0);
        Assert.Equal((37.0, 3.0), (inc[s]!.ToScalar<double>(), inc[x]!.ToScalar<double>()));
        inc.Invoke(3.0, 4.0, 7.0);
        Assert.Equal(19.0, inc[s]!.ToScalar<double>());
        inc[s] = 1.0;
        inc.Invoke(2.0);
        Assert.Equal(7.0, inc[s]!.ToScalar<double>());
    }

    [Fact]
    public void B14_What_is_missing_or_unknown_is_named()
    {
        var (x, y, z, w) = (T.DScalar("x"), T.DScalar("y"), T.DScalar("z"), T.DScalar("w"));
        using var f = Function.Compile([x, y, new In(z, 42.0), new In(w, 0.0, w + x)], x + y + z);
        Assert.Contains("y: float64", Assert.Throws<ArgumentException>(() => f.Invoke(1.0)).Message, StringComparison.Ordinal);
        Assert.Equal(45.0, f.Invoke(1.0, 2.0)[0].ToScalar<double>());
        Assert.Equal(1.0, f[w]!.ToScalar<double>());
        Assert.Equal(45.0, f.InvokeNamed(("x", 1.0), ("y", 2.0))["0"].ToScalar<double>());
        Assert.Equal(2.0, f[w]!.ToScalar<double>());
        Assert.Contains("'y'", Assert.Throws<ArgumentException>(() => f.InvokeNamed(("x", 1.0))).Message, StringComparison.Ordinal);
        Assert.Contains("'v'", Assert.Throws<ArgumentException>(() => f.InvokeNamed(("v", 1.0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B15_Twice_four_is_eight() => Gives(S(8), x => 2 * x, S(4));

    [Fact]
    public void B16_B18_Rows_and_columns_repeat_themselves()
    {
        var (row, column, m) = (T.DMatrix("row", 1, null), T.DMatrix("column", null, 1), T.DMatrix("m"));
        Near(M(3, 0, 2, 4, 3, 5, 7, 6, 8, 10), Ops.Numerically.Agreed(row + m, (row, M(1, 0, 1, 2)), (m, Counting(3, 3))));
        Near(M(3, 0, 1, 2, 4, 5, 6, 8, 9, 10), Ops.Numerically.Agreed(column + m, (column, M(3, 0, 1, 2)), (m, Counting(3, 3))));
        Near(M(2, 2, 4, 4, 6), Ops.Numerically.Agreed(row + m, (row, M(1, 1, 2)), (m, M(2, 1, 2, 3, 4))));
    }

    [Fact]
    public void B17_A_size_that_happens_to_be_one_does_not_repeat()
    {
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
        {
            var error = Assert.Throws<ShapeException>(() => Value(a => a[0] + a[1], [V(1, 2), V(3)], backend));
            Assert.Contains("x.0 is 2 and y.0 is 1", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void B19_A_float_is_no_integer()
    {
        var i = T.IVector("i");
        using var f = Function.Compile([i], i + 1);
        Assert.Contains("Input 'i' is float64[1]; it was declared int32[i.0]", Assert.Throws<DTypeException>(() => f.Invoke(V(1.5))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B21_An_update_of_another_kind_is_refused()
    {
        var s = T.Shared(Tensor.Scalar(1), "s");
        Assert.Contains("'s' must have its type int32", Assert.Throws<CompileException>(() => Function.Compile([], s * 1, [(s, T.Cast(s, DType.Float64))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B23_Lists_of_lists_are_stacked() =>
        Gives(M(2, 1, 2, 3, 4), a => T.Stack([T.Stack([a[0], a[1]]), T.Stack([a[2], a[3]])]), [S(1), S(2), S(3), S(4)]);

    [Fact]
    public void B24_Grids_dense_and_open()
    {
        Gives(Tensor.From<long>([0, 0, 0, 1, 1, 1], 2, 3), (a, b) => T.Meshgrid([a, b])[0], L(0, 1), L(0, 1, 2));
        Gives(Tensor.From<long>([0, 1, 2, 0, 1, 2], 2, 3), (a, b) => T.Meshgrid([a, b])[1], L(0, 1), L(0, 1, 2));
        Gives(Tensor.From<long>([0, 1], 2, 1), (a, b) => T.OpenGrid([a, b])[0], L(0, 1), L(0, 1, 2));
        Gives(Tensor.From<long>([0, 1, 2], 1, 3), (a, b) => T.OpenGrid([a, b])[1], L(0, 1), L(0, 1, 2));
        Gives(V(-1, -.5, 0, .5, 1), s => T.Linspace(-s, s, 5, dtype: DType.Float64), S(1));
    }

    [Fact]
    public void B25_Flatten_and_tensordot()
    {
        Assert.Equal("[2,60]", T.Flatten(T.Variable("x", DType.Float64, 2, 3, 4, 5), 2).Shape.ToString());
        Assert.Equal("[2,5,6]", T.TensorDot(T.Variable("x", DType.Float64, 2, 3, 4), T.Variable("y", DType.Float64, 5, 6, 4, 3), [1, 2], [3, 2]).Shape.ToString());
    }

    [Fact]
    public void B27_A_choice_computes_one_branch()
    {
        using var taken = new StringWriter();
        using var other = new StringWriter();
        var s = T.DScalar("s");
        using var f = Function.Compile([s], T.IfElse(s < 0, T.Print(s + 2, "below", taken), T.Print(s * 2, "above", other)));
        Assert.Equal(1.0, f.Invoke(-1.0)[0].ToScalar<double>());
        Assert.NotEmpty(taken.ToString());
        Assert.Empty(other.ToString());
    }

    [Fact]
    public void R8_A_seed_gives_one_stream_on_every_backend_and_number_of_threads()
    {
        float[] Draw(long seed, CompileOptions options)
        {
            var random = new RandomStream(seed);
            using var f = Function.Compile([], random.Uniform([1000]), random.Updates, options: options);
            return [.. f.Invoke()[0].ToArray<float>(), .. f.Invoke()[0].ToArray<float>()];
        }

        var first = Draw(5, new CompileOptions { Threads = 1 });
        Assert.Equal(first, Draw(5, new CompileOptions { Threads = 3 }));
        Assert.Equal(first, Draw(5, new CompileOptions { Backend = Backend.Interpreter }));
        Assert.NotEqual(first, Draw(6, new CompileOptions()));
        Assert.NotEqual(first[..1000], first[1000..]);
    }

    [Fact]
    public void R9_A_stream_moves_on_with_its_updates_and_can_be_set_back()
    {
        var random = new RandomStream(9);
        var u = random.Uniform([4]);
        using var moving = Function.Compile([], [u, u - u], random.Updates);
        using var still = Function.Compile([], u);
        Assert.Equal(still.Invoke()[0].ToArray<float>(), still.Invoke()[0].ToArray<float>());
        var states = random.Counters.Select(c => c.GetValue()).ToArray();
        var first = moving.Invoke();
        Assert.All(first[1].ToArray<float>(), difference => Assert.Equal(0f, difference));
        Assert.NotEqual(first[0].ToArray<float>(), moving.Invoke()[0].ToArray<float>());
        foreach (var (counter, state) in random.Counters.Zip(states)) counter.SetValue(state);
        Assert.Equal(first[0].ToArray<float>(), moving.Invoke()[0].ToArray<float>());
    }
}
