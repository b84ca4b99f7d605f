namespace DeepSym.Tests.Ops;

/// <summary>Verbs that repeat, move, cut and create: NumPy's values, sizes known only to a call, derivatives, errors.</summary>
public sealed class ShapeVerbTests
{
    private static readonly Variable s_x = T.DMatrix("x"), s_v = T.DVector("v"), s_w = T.DVector("w");
    private static readonly Variable s_n = T.LScalar("n"), s_r = T.LVector("r");
    private static readonly Tensor s_values = Tensor.From<double>([1, 2, 3, 4, 5, 6], 2, 3);
    private static readonly Tensor s_three = Tensor.From([1.0, 2, 3]);

    [Fact]
    public void Tiles_are_laid_side_by_side()
    {
        Is([6], [1, 2, 3, 1, 2, 3], T.Tile(s_v, 2));
        Is([4, 3], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], T.Tile(s_x, 2, 1));
        Is([2, 6], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6], T.Tile(s_x, 2));
        Is([2, 1, 3], [1, 2, 3, 1, 2, 3], T.Tile(s_v, 2, 1, 1));
        Is([2, 0], [], T.Tile(s_x, 0));
    }

    [Fact]
    public void Elements_are_repeated_by_one_number_or_by_one_each()
    {
        Is([6], [1, 1, 2, 2, 3, 3], T.Repeat(s_v, 2));
        Is([2, 6], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], T.Repeat(s_x, s_n, 1));
        Is([12], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], T.Repeat(s_x, 2));
        Is([3, 3], [4, 5, 6, 4, 5, 6, 4, 5, 6], T.Repeat(s_x, T.Constant(Tensor.From([0L, 3])), 0));
        Is([3], [1, 3, 3], T.Repeat(s_v, s_r));
    }

    [Theory]
    [InlineData(1, 3, 1, 2), InlineData(-1, 2, 3, 1), InlineData(5, 2, 3, 1), InlineData(0, 1, 2, 3), InlineData(-7, 2, 3, 1)]
    public void What_leaves_at_one_end_comes_in_at_the_other(int shift, double a, double b, double c)
    {
        Is([3], [a, b, c], T.Roll(s_v, shift));
        Is([3], [a, b, c], T.Roll(s_v, s_n - 2 + shift));
    }

    [Fact]
    public void A_roll_without_axis_is_one_of_the_flattened_tensor()
    {
        Is([2, 3], [6, 1, 2, 3, 4, 5], T.Roll(s_x, 1));
        Is([2, 3], [4, 5, 6, 1, 2, 3], T.Roll(s_x, 1, 0));
        Is([0], [], T.Roll(s_v[..0], 1));
    }

    [Fact]
    public void A_flip_reverses_some_axes_or_all()
    {
        Is([2, 3], [4, 5, 6, 1, 2, 3], T.Flip(s_x, 0));
        Is([2, 3], [6, 5, 4, 3, 2, 1], T.Flip(s_x));
    }

    [Fact]
    public void Parts_of_a_split_put_together_are_the_whole()
    {
        var parts = T.Split(s_x, [1, 2], 1);
        Is([2, 1], [1, 4], parts[0]);
        Is([2, 2], [2, 3, 5, 6], parts[1]);
        Is([2, 3], [1, 2, 3, 4, 5, 6], T.Concatenate(parts, 1));
        Is([1, 3], [4, 5, 6], T.Split(s_x, 2)[1]);
        Assert.Equal("split(m: float32[4,2]): the parts have 5 elements along axis 0, which has 4.", Assert.Throws<ShapeException>(() => T.Split(T.Matrix("m", 4, 2), [2, 3])).Message);
        Assert.Equal("split(v: float64[v.0]): a part has the size -1; sizes are not negative.", Assert.Throws<ShapeException>(() => T.Split(s_v, [-1, 4])).Message);
        foreach (var sizes in new Dim[][] { [1, 1], [3, 1], [(Dim)s_n - 3, 6 - (Dim)s_n] })
            Assert.Throws<ShapeException>(() => Numerically.Compiled(T.Split(s_v, sizes)[1], (s_v, s_three), (s_n, 2L)));
        Assert.Throws<ShapeException>(() => Numerically.Compiled(T.Split(T.Constant(Tensor.From([1.0])), [(Dim)s_n, 1])[0], (s_n, 2L)));
    }

    [Fact]
    public void A_specified_shape_is_relied_on_and_checked()
    {
        var x = T.SpecifyShape(s_x, null, 1);
        Assert.Equal("[x.0,1]", x.Shape.ToString());
        Assert.Equal([2, 4], Numerically.Agreed(x + T.Ones([4], DType.Float64), (s_x, Tensor.Ones<double>(2, 1))).Shape.ToArray());
        Assert.Throws<ShapeException>(() => Numerically.Compiled(x, (s_x, s_values)));
        Assert.Throws<ShapeException>(() => Numerically.Value(x, (s_x, s_values)));
        Assert.Equal("specify_shape(v: float64[3]): axis 0 has size 3, not 4.", Assert.Throws<ShapeException>(() => T.SpecifyShape(T.DVector("v", 3), 4)).Message);
        Assert.Throws<ShapeException>(() => T.SpecifyShape(s_v, 1, 2));
    }

    [Fact]
    public void Triangles_are_cut_at_a_diagonal()
    {
        Is([2, 3], [1, 0, 0, 4, 5, 0], T.Tril(s_x));
        Is([2, 3], [0, 2, 3, 0, 0, 6], T.Triu(s_x, 1));
        Is([2, 3], [1, 1, 0, 1, 1, 1], T.Tri(2, 3, 1, DType.Float64));
        Is([2, 3], [9, 2, 3, 4, 9, 6], T.FillDiagonal(s_x, 9));
        Is([2, 3], [1, 2, 3, 9, 5, 6], T.FillDiagonal(s_x, 9, -1));
        Assert.Equal("tril(v: float64[v.0]): at least two axes are needed.", Assert.Throws<ShapeException>(() => T.Tril(s_v)).Message);
    }

    [Fact]
    public void Ranges_of_integers_and_of_floats_are_those_of_NumPy()
    {
        Assert.Equal([5L, 3], Numerically.Agreed(T.Arange(5, 1, -2)).ToArray<long>());
        Assert.Equal([1L, 3, 5], Numerically.Agreed(T.Arange(1, 6, s_n), (s_n, 2L)).ToArray<long>());
        Assert.Equal([6L, 4, 2], Numerically.Agreed(T.Arange(6, 1, -s_n), (s_n, 2L)).ToArray<long>());
        Assert.Empty(Numerically.Agreed(T.Arange(3, 1)).ToArray<long>());
        Assert.Equal([0, 0.25f, 0.5f, 0.75f], Numerically.Agreed(T.Arange(0, 1, 0.25)).ToArray<float>());
        Assert.Equal([1.0, 0.5, 0, -0.5], Numerically.Agreed(T.Arange(s_v[0], -0.75, -0.5), (s_v, s_three)).ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(() => T.Arange(0, 3, 0));
    }

    [Fact]
    public void Equal_steps_lead_from_start_to_stop()
    {
        Assert.Equal([1, 1.5, 2, 2.5, 3], Numerically.Agreed(T.Linspace(1, 3, 5, dtype: DType.Float64)).ToArray<double>());
        Assert.Equal([0, 0.75f, 1.5f, 2.25f], Numerically.Agreed(T.Linspace(0, 3, 4, endpoint: false)).ToArray<float>());
        Assert.Equal([7f], Numerically.Agreed(T.Linspace(7, 9, 1)).ToArray<float>());
        Numerically.CheckGradient(Numerically.Weighted(T.Linspace(s_v[0], s_v[1], 5)), twice: false, (s_v, s_three));
    }

    [Fact]
    public void Grids_have_the_coordinates_of_their_points()
    {
        var (rows, columns) = (T.Arange(2), T.Arange(3) * 10);
        Assert.Equal([0L, 10, 20, 0, 10, 20], Numerically.Agreed(T.Meshgrid([rows, columns])[1]).ToArray<long>());
        Assert.Equal([0L, 0, 0, 1, 1, 1], Numerically.Agreed(T.Meshgrid([rows, columns])[0]).ToArray<long>());
        Assert.Equal([3, 2], Numerically.Agreed(T.Meshgrid([rows, columns], cartesian: true)[0]).Shape.ToArray());
        Assert.Equal([0L, 10, 20, 1, 11, 21], Numerically.Agreed(T.OpenGrid([rows, columns])[0] + T.OpenGrid([rows, columns])[1]).ToArray<long>());
    }

    [Theory]
    [InlineData(PadMode.Constant, new double[] { 7, 7, 1, 2, 3, 7, 7, 7, 7 })]
    [InlineData(PadMode.Edge, new double[] { 1, 1, 1, 2, 3, 3, 3, 3, 3 })]
    [InlineData(PadMode.Reflect, new double[] { 3, 2, 1, 2, 3, 2, 1, 2, 3 })]
    [InlineData(PadMode.Symmetric, new double[] { 2, 1, 1, 2, 3, 3, 2, 1, 1 })]
    [InlineData(PadMode.Wrap, new double[] { 2, 3, 1, 2, 3, 1, 2, 3, 1 })]
    [InlineData(PadMode.LinearRamp, new double[] { 7, 4, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(PadMode.Maximum, new double[] { 3, 3, 1, 2, 3, 3, 3, 3, 3 })]
    [InlineData(PadMode.Minimum, new double[] { 1, 1, 1, 2, 3, 1, 1, 1, 1 })]
    [InlineData(PadMode.Mean, new double[] { 2, 2, 1, 2, 3, 2, 2, 2, 2 })]
    public void Padding_puts_around_what_NumPy_does(PadMode mode, double[] expected)
    {
        Is([9], expected, T.Pad(s_v, [(2, 4)], mode, 7));
        Numerically.CheckGradient(Numerically.Weighted(T.Pad(s_x, [(1, 0), (2, 1)], mode)), twice: false, (s_x, s_values));
        Assert.Equal([3, 6], Numerically.Agreed(T.Pad(s_x, [(0, 1), (1, 2)], mode), (s_x, s_values)).Shape.ToArray());
    }

    [Fact]
    public void A_single_element_is_mirrored_onto_itself() =>
        Is([4], [1, 1, 1, 1], T.Pad(s_v[..1], [(2, 1)], PadMode.Reflect));

    [Fact]
    public void Derivatives_equal_differences()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.Tile(T.Sqr(s_x), 2, 1, 2)), twice: true, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Repeat(T.Sqr(s_x), 2, 0)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Repeat(s_v, s_r)), twice: false, (s_v, s_three), (s_r, Tensor.From([1L, 0, 2])));
        Numerically.CheckGradient(Numerically.Weighted(T.Roll(T.Sqr(s_x), 2, 1)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Flip(s_x, 1)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Tril(s_x) + T.Sqr(T.Triu(s_x))), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Split(T.Sqr(s_x), [1, 2], 1)[1]), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Meshgrid([s_v, s_w])[0] * T.Meshgrid([s_v, s_w])[1]), twice: true, (s_v, s_three), (s_w, Tensor.From([1.0, -1])));
    }

    private static void Is(int[] shape, double[] values, Expr expr)
    {
        var value = Numerically.Agreed(expr, (s_x, s_values), (s_v, s_three), (s_n, 2L), (s_r, Tensor.From([1L, 0, 2])));
        Assert.Equal(shape, value.Shape.ToArray());
        Assert.Equal(values, value.ToArray<double>());
    }
}
