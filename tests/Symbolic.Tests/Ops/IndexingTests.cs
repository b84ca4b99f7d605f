namespace DeepSym.Tests.Ops;

/// <summary>Indexing by any mix of integers, ranges, arrays and masks; assignment at such indices; positions: NumPy's values, derivatives, errors.</summary>
public sealed class IndexingTests
{
    private static readonly Variable s_x = T.DMatrix("x"), s_y = T.DMatrix("y"), s_v = T.DVector("v");
    private static readonly Variable s_i = T.LVector("i"), s_j = T.LVector("j");
    private static readonly Tensor s_cube = Tensor.Arange<double>(0, 24, 1).Reshape(2, 3, 4);
    private static readonly Tensor s_values = Tensor.From<double>([1, -2, 3, -4, 5, 6], 2, 3);

    private static Expr Cube => T.Constant(s_cube);

    private static Constant Longs(params long[] values) => T.Constant(Tensor.From(values));

    [Fact]
    public void Arrays_that_stand_together_put_their_axes_there()
    {
        Is([2, 2, 4], [8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15], Cube[.., Longs(2, 0)]);
        Is([2, 2], [11, 3, 23, 15], Cube[.., Longs(2, 0), 3]);
        Is([2, 2], [10, 1, 22, 13], Cube[.., Longs(2, 0), Longs(-2, 1)]);
    }

    [Fact]
    public void Arrays_apart_from_each_other_or_from_an_integer_put_their_axes_first()
    {
        Is([2, 3], [15, 19, 23, 0, 4, 8], Cube[Longs(1, 0), .., Longs(3, 0)]);
        Is([2, 3], [3, 7, 11, 0, 4, 8], Cube[0, .., Longs(3, 0)]);
        Is([2, 1, 3], [3, 7, 11, 0, 4, 8], Cube[0, T.NewAxis, .., Longs(3, 0)]);
        Is([2, 3], [15, 19, 23, 3, 7, 11], Cube[Longs(1, 0), .., 3]);
    }

    [Fact]
    public void Arrays_of_any_shape_broadcast()
    {
        var rows = T.Constant(Tensor.From<long>([1, 0], 2, 1));
        Is([2, 3, 4], s_cube.ToArray<double>()[12..].Concat(s_cube.ToArray<double>()[..12]), Cube[rows, T.Arange(3)]);
        Is([2, 2, 1, 2], [22, 21, 22, 21, 10, 9, 10, 9], Cube[T.Constant(Tensor.From<long>([1, 1, 0, 0], 2, 2, 1)), 2, T.Range(2, 0, -1)]);
    }

    [Fact]
    public void Masks_pick_where_they_hold()
    {
        Assert.Equal([1.0, 3, 5, 6], Numerically.Agreed(s_x[s_x > 0], (s_x, s_values)).ToArray<double>());
        Is([2, 4], [0, 1, 2, 3, 8, 9, 10, 11], Cube[0, T.Constant(Tensor.From([true, false, true]))]);
        Is([2], [5, 23], Cube[T.Eq(T.Mod(Cube, 18), 5)]);
        Is([2], [4, 23], Cube[T.Constant(Tensor.From<bool>([false, true, false, false, false, true], 2, 3)), Longs(0, 3)]);
        Is([1, 3], [1, 5, 9], Cube[0, .., T.Constant(Tensor.From([false, true, false, false]))]);
        Assert.Equal([0, 4], Numerically.Agreed(Cube[T.Constant(Tensor.Zeros(DType.Bool, 2, 3))]).Shape.ToArray());

    }

    [Fact]
    public void What_holds_can_be_computed_further_and_differentiated()
    {
        var picked = s_x[s_x > 0];
        Numerically.CheckGradient(T.Sum(T.Sqr(picked)) / T.Cast(picked.Length, DType.Float64), twice: true, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.CumSum(s_x[s_x < 4] * 2)[..3]), twice: false, (s_x, s_values));
        Assert.Equal([1.0, 3, 5, 6], Numerically.Agreed(T.NonZeroValues(T.Maximum(s_x, 0)), (s_x, s_values)).ToArray<double>());
        Assert.Equal([0L, 0, 1, 1], Numerically.Agreed(T.NonZero(s_x > 0)[0], (s_x, s_values)).ToArray<long>());
        Assert.Equal([0L, 2, 1, 2], Numerically.Agreed(T.NonZero(s_x > 0)[1], (s_x, s_values)).ToArray<long>());
        Assert.Equal([0L, 2, 4, 5], Numerically.Agreed(T.FlatNonZero(s_x > 0), (s_x, s_values)).ToArray<long>());
    }

    [Fact]
    public void Sizes_that_depend_on_values_change_from_call_to_call()
    {
        using var function = Function.Compile([s_v], [s_v[s_v > 0] * 2]);
        Assert.Equal([2.0, 4], function.Invoke(Tensor.From([1.0, -1, 2]))[0].ToArray<double>());
        Assert.Empty(function.Invoke(Tensor.From([-1.0, -1, -2]))[0].ToArray<double>());
        Assert.Equal([2.0, 2, 2], function.Invoke(Tensor.From([1.0, 1, 1]))[0].ToArray<double>());
    }

    [Fact]
    public void Of_values_set_at_one_place_the_last_counts()
    {
        Is([4], [0, 2, 3, 0], T.Zeros([4], DType.Float64).With([Longs(1, 1, 2)], T.Constant(Tensor.From([1.0, 2, 3]))));
        Is([2, 3], [9, -2, 9, -4, 5, 6], T.Constant(s_values).With([0, Longs(0, -1)], 9));
        Is([2, 3], [1, 7, 8, -4, 9, 10], T.Constant(s_values).With([T.Ellipsis, T.Constant(Tensor.From([false, true, true]))], T.Constant(Tensor.From<double>([7, 8, 9, 10], 2, 2))));
        Is([2, 3], [1, 0, 3, 0, 5, 6], T.Constant(s_values).With([T.Constant(s_values) < 0], 0));
        Is([2, 3], [1, -2, 3, 0, 0, 0], T.Constant(s_values).With([T.Constant(Tensor.From([false, true]))], 0));
        Is([2, 3], [1, -2, 3, 4, 5, 6], T.Constant(s_values).With([Longs()], 0).With([1, 0], 4));
        Is([3], [5, 0, 7], T.Zeros([3], DType.Float64).With([Longs(0, 2)], T.Constant(Tensor.From([5.0, 7]))));
    }

    [Fact]
    public void Values_added_at_one_place_accumulate() =>
        Is([4], [0, 3, 3, 0], T.Zeros([4], DType.Float64).Add([Longs(1, 1, 2)], T.Constant(Tensor.From([1.0, 2, 3]))));

    [Fact]
    public void Derivatives_of_assignments_equal_differences()
    {
        (Variable, Tensor)[] inputs = [(s_x, s_values), (s_y, Numerically.Draw(1, 3, 3)), (s_i, Tensor.From([1L, 0, 1]))];
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(s_x.With([s_i], s_y))), twice: true, inputs);
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(s_x.Add([s_i], s_y))), twice: false, inputs);
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(s_x.With([s_x < 0], s_y[0, 0]))), twice: false, inputs);
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(s_x.With([s_x < 0], s_y[0, ..2]))), twice: false, inputs);
    }

    [Fact]
    public void Indices_beyond_the_end_wrap_or_clip_as_wished()
    {
        var x = T.Constant(Tensor.From([10.0, 11, 12]));
        Is([4], [12, 10, 11, 12], T.Take(x, Longs(-1, 3, 4, 8), mode: IndexMode.Wrap));
        Is([4], [10, 12, 12, 12], T.Take(x, Longs(-1, 3, 4, 8), mode: IndexMode.Clip));
        Assert.StartsWith("Index 3 is out of bounds for axis 0 of size 3: it must be from -3 to 2.", Assert.ThrowsAny<ArgumentException>(() => Numerically.Value(T.Take(x, s_i), (s_i, Tensor.From([0L, 3])))).Message, StringComparison.Ordinal);
        Assert.StartsWith("Index 3 is out of bounds for axis 0 of size 3: it must be from -3 to 2.", Assert.ThrowsAny<ArgumentException>(() => Numerically.Compiled(T.Take(x, s_i), (s_i, Tensor.From([0L, 3])))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_is_made_for_each_element()
    {
        Is([3], [20, 11, 22], T.Choose(Longs(1, 0, 1), [T.Constant(Tensor.From([10.0, 11, 12])), T.Constant(Tensor.From([20.0, 21, 22]))]));
        Is([2, 2], [5, 7, 7, 5], T.Choose(T.Constant(Tensor.From<long>([0, 3, -1, 2], 2, 2)), [T.Constant(5.0), T.Constant(7.0)], IndexMode.Wrap));
        Is([2, 3], [1, -2, 3, -4, 5, 6], T.Choose(T.Constant(Tensor.From<long>([0, 1], 2, 1)), T.Constant(s_values)));
        Numerically.CheckGradient(Numerically.Weighted(T.Choose(Longs(1, 0, 1), s_x)), twice: false, (s_x, s_values));
    }

    [Fact]
    public void Compress_keeps_the_slices_at_which_a_condition_holds()
    {
        var condition = T.Constant(Tensor.From([false, true]));
        Is([1, 3], [-4, 5, 6], T.Compress(condition, T.Constant(s_values), 0));
        Is([2, 1], [-2, 5], T.Compress(condition, T.Constant(s_values), 1));
        Is([1], [-2], T.Compress(condition, T.Constant(s_values)));
    }

    [Fact]
    public void Positions_and_indices_lead_to_each_other()
    {
        var positions = Longs(22, 0, 13);
        var indices = T.UnravelIndex(positions, [2, 3, 4]);
        Assert.Equal([1L, 0, 1], Numerically.Agreed(indices[0]).ToArray<long>());
        Assert.Equal([2L, 0, 0], Numerically.Agreed(indices[1]).ToArray<long>());
        Assert.Equal([2L, 0, 1], Numerically.Agreed(indices[2]).ToArray<long>());
        Numerically.Close(Numerically.Value(positions), Numerically.Agreed(T.RavelMultiIndex(indices, [2, 3, 4])));
        Numerically.Close(Numerically.Value(positions), Numerically.Agreed(T.RavelMultiIndex(T.UnravelIndex(positions, [2, 3, 4], columnMajor: true), [2, 3, 4], columnMajor: true)));
        Assert.Equal([7L], Numerically.Agreed(T.RavelMultiIndex([Longs(9), Longs(-5)], [2, 4], IndexMode.Wrap)).ToArray<long>());
    }

    [Fact]
    public void A_permutation_and_its_inverse_cancel()
    {
        var (x, p) = (T.Constant(Numerically.Draw(1, 2, 4)), T.Constant(Tensor.From<long>([2, 0, 3, 1, 0, 3, 1, 2], 2, 4)));
        Numerically.Close(Numerically.Value(x), Numerically.Agreed(T.PermuteRows(T.PermuteRows(x, p), p, inverse: true)));
        Numerically.Close(Numerically.Value(x[.., Longs(2, 0, 3, 1)]), Numerically.Agreed(T.PermuteRows(x, Longs(2, 0, 3, 1))));
        Assert.Equal([1L, 3, 0, 2, 0, 2, 3, 1], Numerically.Agreed(T.InversePermutation(p)).ToArray<long>());
    }

    [Fact]
    public void Indices_that_do_not_fit_are_named()
    {
        Assert.Equal("x: float64[x.0,x.1] has 2 axes and is indexed with 3.", Assert.Throws<ShapeException>(() => s_x[s_x > 0, 0]).Message);
        Assert.Equal("specify_shape(m: bool[3]): axis 0 has size 3, not 2.", Assert.Throws<ShapeException>(() => T.Matrix("x", 2, 3)[T.Variable("m", DType.Bool, 3)]).Message);
        Assert.Throws<ShapeException>(() => s_x[T.BScalar("b")]);
        Assert.Throws<ShapeException>(() => Numerically.Compiled(s_v.With([s_i], s_j * 1.0), (s_v, Tensor.Ones<double>(3)), (s_i, Tensor.From([0L, 1])), (s_j, Tensor.From([0L, 1, 2]))));
    }

    private static void Is(int[] shape, IEnumerable<double> values, Expr expr)
    {
        var value = Numerically.Agreed(expr);
        Assert.Equal(shape, value.Shape.ToArray());
        Assert.Equal(values, value.ToArray<double>());
    }
}
