namespace DeepSym.Tests.Backends.Cpu;

/// <summary>The forms of generated kernels against the interpreter, at sizes around those of vectors, strips and blocks.</summary>
public sealed class KernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 15)]
    [InlineData(8, 16)]
    [InlineData(9, 17)]
    [InlineData(40, 1023)]
    [InlineData(3, 1025)]
    [InlineData(9, 4099)]
    [InlineData(130, 33)]
    public void Columns_are_reduced_as_the_interpreter_does(int rows, int columns)
    {
        var (x, w) = (T.FMatrix("x", "rows", "columns"), T.FVector("w", "columns"));
        AgreeOn([x, w], [T.Sum(x * w, 0), T.Max(x, 0) - w, T.Mean(x, 0), T.Prod(1 + x * 0.01, 0)], [Numbers(rows, columns), Numbers(columns)]);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 0)]
    [InlineData(4, 33)]
    [InlineData(9, 16)]
    [InlineData(7, 1003)]
    public void Rows_reduced_several_at_a_time_have_the_bits_of_rows_alone(int rows, int columns)
    {
        var (x, y, s) = (T.FMatrix("x", "rows", "columns"), T.FMatrix("y", "rows", "columns"), T.FScalar("s"));
        Expr[] outputs = [T.Sum(x, 1), T.Max(x, 1) * s, T.Mean(T.Sqr(x - y), 1) + s, T.Cast(T.Sum(T.Cast(x, DType.Float64) * s, 1), DType.Float32), T.Cast(T.Any(x > y, 1), DType.Float32)];
        if (columns == 0) outputs = [outputs[0], outputs[3], outputs[4]];
        Tensor[] values = [Numbers(rows, columns), Numbers(rows + 1, columns).Slice(1, rows), Tensor.Scalar(0.5f)];
        AgreeOn([x, y, s], outputs, values);
        foreach (var output in outputs)
        {
            using var function = Function.Compile([x, y, s], output, options: new CompileOptions { AllowUnusedInputs = true });
            var together = function.Invoke(values)[0];
            for (var row = 0; row < rows; row++)
                Assert.True(together.Slice(row, 1).ContentEquals(function.Invoke([values[0].Slice(row, 1), values[1].Slice(row, 1), values[2]])[0]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(45)]
    [InlineData(1003)]
    public void Vectors_that_take_turns_have_the_bits_of_vectors_alone(int length)
    {
        var (x, s, i) = (T.FMatrix("x", "rows", "n"), T.FScalar("s"), T.LVector("i", 3));
        var e = T.Exp(x - T.Max(x, [1], keepDims: true));
        Expr[] outputs = [T.Tanh(x * s) * T.Sigmoid(T.Take(x, i)), e / T.Sum(e, [1], keepDims: true), T.Sum(T.Softplus(x), 1), T.Sin(x) + T.Cast(T.Arange(T.Size(x.Shape[1])), DType.Float32), T.Switch(x > 0, T.Log1p(x), T.Erf(x))];
        Tensor[] values = [Numbers(3, length), Tensor.Scalar(3f), Tensor.From([2L, 0, 1])];
        AgreeOn([x, s, i], outputs, values);
        Expr[] pointwise = [outputs[0], outputs[3], outputs[4]];
        using var function = Function.Compile([x, s, i], pointwise);
        var whole = function.Invoke(values);
        var part = function.Invoke([Columns(values[0], 0, 1), values[1], values[2]]);
        for (var k = 0; k < pointwise.Length; k++) Assert.True(Columns(whole[k], 0, 1).ContentEquals(part[k]));

        static Tensor Columns(Tensor of, int from, int count)
        {
            var source = T.Matrix("of", "rows", "n", of.DType);
            using var slice = Function.Compile([source], source[.., from..(from + count)]);
            return slice.Invoke(of)[0];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(35)]
    [InlineData(130)]
    public void Rows_between_rows_of_zeros_are_read_where_they_are(int columns)
    {
        var (x, w) = (T.FMatrix("x", 4, columns), T.FMatrix("w", 9, columns));
        var among = T.Grad(T.Sum(w[3..7] * x), w);
        var spread = T.Grad(T.Sum(w[T.Range(1, 8, 2)] * x), w);
        AgreeOn([x, w], [among, T.Exp(among) * w, spread + w, T.Sum(spread * w, 1), T.Sum(among, 0)], [Numbers(4, columns), Numbers(9, columns)]);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Extremes_know_the_sign_of_zero_and_are_nan_where_one_number_is(DType dtype)
    {
        const int Length = 19;
        var x = T.Matrix("x", Length, Length, dtype);
        using var largest = Function.Compile([x], [T.Max(x, 0), T.Max(x, 1)]);
        using var smallest = Function.Compile([x], [T.Min(x, 0), T.Min(x, 1)]);
        foreach (var result in largest.Invoke(Diagonal(0.0, -0.0))) Assert.All(result.To(DType.Float64).ToArray<double>(), value => Assert.Equal((0, false), (value, double.IsNegative(value))));
        foreach (var result in smallest.Invoke(Diagonal(-0.0, 0.0))) Assert.All(result.To(DType.Float64).ToArray<double>(), value => Assert.Equal((0, true), (value, double.IsNegative(value))));
        foreach (var result in largest.Invoke(Diagonal(double.NaN, 1)).Concat(smallest.Invoke(Diagonal(double.NaN, 1)))) Assert.All(result.To(DType.Float64).ToArray<double>(), value => Assert.True(double.IsNaN(value)));

        Tensor Diagonal(double on, double off) => Tensor.From([.. Enumerable.Range(0, Length * Length).Select(i => i / Length == i % Length ? on : off)]).Reshape(Length, Length).To(dtype);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(100_003)]
    [InlineData(131_072)]
    public void Long_arrays_are_reduced_to_scalars_in_blocks(int length)
    {
        var (x, s) = (T.FVector("x", "n"), T.FScalar("s"));
        AgreeOn([x, s], [T.Sum(x * s), T.Max(x), T.Mean(T.Sqr(x - s)) + s], [Numbers(length), Tensor.Scalar(0.5f)]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 40)]
    public void A_part_of_rows_is_read_after_the_rows_are_computed(int rows, int columns)
    {
        var x = T.FMatrix("x", "rows", "columns");
        var e = T.Exp(x - T.Max(x, [1], keepDims: true));
        AgreeOn([x], [e, T.Sum(e, 1), T.Sum(e[.., 0] * 2 + T.Sum(x, 1), 0), T.Log(e[.., 0] + T.Sum(e, 1))], [Numbers(rows, columns)]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(300, 513)]
    public void Parts_are_put_together_along_any_axis(int rows, int columns)
    {
        var (x, y) = (T.FMatrix("x", "rows", "columns"), T.FMatrix("y", "rows", "columns"));
        AgreeOn([x, y], [T.Concatenate([x, y, x * y], 1), T.Concatenate([x, y[..1], y], 0), T.Concatenate([T.Transpose(x), T.Transpose(y)], 1)], [Numbers(rows, columns), Numbers(rows, columns)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(150)]
    public void Rows_of_one_array_are_picked_by_several_indices(int columns)
    {
        var (w, i, j) = (T.FMatrix("w", "rows", columns), T.LVector("i", "n"), T.LVector("j", "n"));
        AgreeOn([w, i, j], [T.Take(w, i), T.Take(w, i) * T.Take(w, j) + T.Take(w, T.Maximum(i, j)), T.Sum(T.Take(w, i) - T.Take(w, j), 1)], [Numbers(9, columns), Tensor.From<long>([0, 8, -9, 3]), Tensor.From<long>([7, -1, 2, 2])]);
    }

    [Fact]
    public void Gradients_of_slices_that_cover_an_array_are_put_together()
    {
        var x = T.FMatrix("x", "rows", 12);
        var parts = T.Tanh(x[.., 3..7]) * T.Sigmoid(x[.., 8..]) + T.Exp(x[.., ..4]);
        AgreeOn([x], [T.Grad(T.Sum(parts * x[.., 7..8]), x)], [Numbers(9, 12)]);
    }

    [Fact]
    public void An_output_that_only_gives_another_shape_to_memory_is_read_by_others_through_their_views()
    {
        var (x, i) = (T.FMatrix("x", 3, 5), T.LVector("i", 2));
        var rows = T.Reshape(T.Transpose(x), 3, 5);
        AgreeOn([x, i], [rows, T.Flip(rows, 0), T.Take(rows, i), rows + T.Flip(rows, 1)], [Numbers(3, 5), Tensor.From([2L, 0])]);
    }

    [Fact]
    public void A_sum_of_everything_has_the_same_bits_on_any_number_of_threads()
    {
        var x = T.FVector("x", "n");
        var values = Numbers(300_001);
        float On(int threads) => Function.Compile([x], T.Sum(T.Exp(x)), options: new CompileOptions { Threads = threads }).Invoke(values)[0].ToScalar<float>();
        Assert.Equal(On(1), On(2));
        Assert.Equal(On(1), On(5));
    }

    [Theory]
    [InlineData(20000, 32, 2560, false)]    // more rows than are named
    [InlineData(65, 130, 2500, false)]
    [InlineData(3, 512, 700, true)]         // fewer rows than shares
    [InlineData(500, 31, 3000, false)]      // rows too short to be shared
    [InlineData(1, 1000, 300, true)]
    public void Rows_are_added_in_the_order_of_their_indices_on_any_number_of_threads(int rows, int row, int count, bool ontoZeros)
    {
        var (i, v) = (T.LVector("i", "k"), T.FMatrix("v", "k", row));
        var random = new Random(rows);
        var indices = Enumerable.Range(0, count).Select(_ => (long)random.Next(-rows, rows)).ToArray();
        var (start, values) = (ontoZeros ? Tensor.Zeros<float>(rows, row) : Numbers(rows, row), Numbers(count, row));
        var (expected, added) = (start.ToArray<float>(), values.ToArray<float>());
        for (var k = 0; k < count; k++)
            for (var column = 0; column < row; column++)
                expected[(indices[k] + rows) % rows * row + column] += added[k * row + column];
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            var options = new CompileOptions { Threads = threads };
            var w = T.Shared(start.Copy(), "w");
            Function.Compile([i, v], [], [(w, (ontoZeros ? T.Zeros([rows, row], DType.Float32) : w).Add([i], v))], options: options).Invoke(Tensor.From(indices), values);
            Assert.Equal(expected, w.GetValue().ToArray<float>());
        }
    }

    [Fact]
    public void A_sum_in_blocks_keeps_small_numbers_beside_large_ones()
    {
        var x = T.FVector("x", "n");
        var values = Tensor.Full(1e-3f, 200_000);
        values.Set(1e6f, 0);
        var sum = Function.Compile([x], T.Sum(x)).Invoke(values)[0].ToScalar<float>();
        Assert.Equal(1e6 + 199_999 * (double)1e-3f, sum, 0.1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(31)]
    [InlineData(34)]
    [InlineData(66)]
    public void Pooling_and_its_gradient_agree_with_the_interpreter_at_any_width(int width)
    {
        var (x, g) = (T.Tensor4("x", "n", 3, null, null), T.Tensor4("g", "n", 3, null, null));
        var y = T.MaxPool2D(T.Tanh(x), [2]);
        AgreeOn([x, g], [y, T.Grad(T.Sum(y * g), [x])[0]], [Numbers(2, 3, 6, width), Numbers(2, 3, 3, width / 2)]);
    }

    [Fact]
    public void A_value_of_eight_bytes_that_all_lanes_share_does_not_halve_the_vectors_of_others()
    {
        var (x, rate, k) = (T.FMatrix("x", "rows", "columns"), T.DScalar("rate"), T.LScalar("k"));
        AgreeOn([x, rate, k], [x - T.Cast(T.Exp(rate), DType.Float32) * x, T.Tanh(x[k]) * T.Cast(k, DType.Float32), T.Sum(x[k])], [Numbers(5, 37), Tensor.Scalar(0.25), Tensor.Scalar(-2L)]);
    }

    [Fact]
    public void Rows_are_added_onto_a_shared_variable_where_they_belong()
    {
        var w = T.Shared(Numbers(50, 130), "w");
        var before = w.GetValue();
        var (i, g) = (T.LVector("i", "n"), T.FMatrix("g", "n", 130));
        var add = Function.Compile([i, g], [], [(w, w.Add([i], g))]);
        var rows = Numbers(900, 130);
        var indices = Tensor.From(Enumerable.Range(0, 900).Select(k => (long)(k * 7 % 50)).ToArray());
        add.Invoke(indices, rows);
        var expected = before.ToArray<float>();
        for (var k = 0; k < 900; k++)
            for (var j = 0; j < 130; j++) expected[k * 7 % 50 * 130 + j] += rows.Get<float>(k, j);
        Assert.Equal(expected, w.GetValue().ToArray<float>());
    }

    [Fact]
    public void An_index_out_of_bounds_changes_no_row()
    {
        var w = T.Shared(Numbers(5, 3), "w");
        var before = w.GetValue();
        var (i, g) = (T.LVector("i", "n"), T.FMatrix("g", "n", 3));
        var add = Function.Compile([i, g], [], [(w, w.Add([i], g))]);
        Assert.Throws<ArgumentOutOfRangeException>(() => add.Invoke(Tensor.From(new[] { 1L, 5 }), Numbers(2, 3)));
        Assert.True(before.ContentEquals(w.GetValue()));
    }

    [Fact]
    public void A_row_is_read_in_another_shape_after_it_is_written()
    {
        var x = T.Variable("x", DType.Float32, "n", 1);
        var mean = T.Mean(x, [0], keepDims: true);
        AgreeOn([x], [x - mean, T.Squeeze(mean, 0), 0.5 * T.Reshape(mean)], [Numbers(5, 1)]);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(600)]
    public void The_index_of_a_column_is_that_of_the_whole_product(int size)
    {
        var x = T.FMatrix("x", "rows", 20);
        AgreeOn([x], [T.Dot(x, T.Transpose(x)) + 2 * T.Eye(size)], [Numbers(size, 20)]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(64, 65)]
    [InlineData(130, 63)]
    [InlineData(33, 256)]
    [InlineData(700, 512)]
    public void What_is_read_across_rows_is_read_by_tiles(int rows, int columns)
    {
        var (x, y, z, s) = (T.FMatrix("x", "rows", "columns"), T.FMatrix("y", "columns", "rows"), T.Tensor3("z", 3, "rows", "columns"), T.FVector("s", "columns"));
        Expr[] outputs = [
            T.Transpose(x) + 1, T.Transpose(x) * y - T.ExpandDims(s, 1), T.Transpose(z, 2, 0, 1), T.Transpose(z, 0, 2, 1) * T.Transpose(x),
            T.Cast(T.Cast(T.Transpose(x), DType.Float64) * 3, DType.Float32), T.Cast(T.Transpose(T.Cast(x * 9, DType.Int8)), DType.Float32), T.Cast(T.Transpose(x) > 0, DType.Float32)];
        AgreeOn([x, y, z, s], outputs, [Numbers(rows, columns), Numbers(columns, rows), Numbers(3, rows, columns), Numbers(columns)]);
    }

    static Tensor Numbers(params int[] shape)
    {
        var random = new Random(3);
        var tensor = Tensor.Empty(DType.Float32, shape);
        foreach (ref var value in tensor.AsSpan<float>()) value = random.NextSingle() * 2 - 1;
        return tensor;
    }

    static void AgreeOn(Variable[] inputs, Expr[] outputs, Tensor[] values)
    {
        In[] given = [.. inputs.Select(input => (In)input)];
        var expected = Function.Compile(given, outputs, options: new CompileOptions { Backend = Backend.Interpreter }).Invoke(values);
        foreach (var threads in new[] { 1, 2 })
        {
            var found = Function.Compile(given, outputs, options: new CompileOptions { Threads = threads }).Invoke(values);
            for (var k = 0; k < found.Length; k++)
            {
                Assert.Equal(expected[k].Shape.ToArray(), found[k].Shape.ToArray());
                foreach (var (x, y) in expected[k].ToArray<float>().Zip(found[k].ToArray<float>())) Assert.Equal(x, y, Math.Max(1, Math.Abs(x)) * 2e-5f);
            }
        }
    }
}
