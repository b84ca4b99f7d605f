using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Linear algebra, indexing, sorting and special functions: rows A of Theano's behaviour.</summary>
public sealed class LinearRows
{
    [Fact]
    public void A1_Contraction_of_one_axis() => Gives(M(2, 20, 23, 26, 29, 56, 68, 80, 92), (x, y) => T.TensorDot(x, y, 1), Counting(2, 3), Counting(3, 4));

    [Fact]
    public void A2_A_batch_of_products() => Gives(Tensor.From<double>([2, 3, 6, 11, 46, 55, 66, 79], 2, 2, 2), x => T.BatchedDot(x, x), Counting(2, 2, 2));

    [Fact]
    public void A3_Determinant_inverse_cholesky_and_solution()
    {
        var a = M(2, 4, 2, 2, 3);
        Gives(S(8), T.Det, a);
        Gives(M(2, .375, -.25, -.25, .5), T.MatrixInverse, a);
        Gives(M(2, 2, 0, 1, 1.4142135623730951), x => T.Cholesky(x), a);
        Gives(V(.5, 0), (a, b) => T.Solve(a, b), a, V(2, 1));
    }

    [Fact]
    public void A4_Eigenvalues_singular_values_pseudo_inverse_exponential_and_Kronecker_product()
    {
        Gives(V(1, 3), x => T.Eigh(x).Item1, M(2, 2, 1, 1, 2));
        Gives(V(4, 3), T.SingularValues, M(2, 3, 0, 0, 4));
        Gives(M(2, -1.3333333333333333, -1 / 3.0, 2 / 3.0, 1.0833333333333333, 1 / 3.0, -.41666666666666667), x => T.PseudoInverse(x), M(3, 1, 2, 3, 4, 5, 6));
        Gives(M(2, 1, 1, 0, 1), T.MatrixExp, M(2, 0, 1, 0, 0));
        Gives(M(4, 1, 2, 2, 4, 3, 4, 6, 8, 3, 6, 4, 8, 9, 12, 12, 16), x => T.Kron(x, x), M(2, 1, 2, 3, 4));
    }

    [Fact]
    public void A5_Adding_accumulates_at_equal_indices_and_assigning_keeps_the_last()
    {
        var i = T.Constant(L(1, 1, 2));
        Gives(V(0, 3, 3, 0), (z, v) => z.Add([i], v), V(0, 0, 0, 0), V(1, 2, 3));
        Gives(V(0, 2, 3, 0), (z, v) => z.With([i], v), V(0, 0, 0, 0), V(1, 2, 3));
        Gives(V(0, 5, 5, 0), z => z.Add([1..3], 5), V(0, 0, 0, 0));
    }

    [Fact]
    public void A5_A_fraction_is_not_put_among_integers()
    {
        var k = T.IVector("k");
        Assert.Equal("1.9: float64 cannot be put into k: int32[k.0] without loss. Cast one of them.", Assert.Throws<DTypeException>(() => k.With([0], 1.9)).Message);
        Gives(L(2, 1), x => x.With([0], 2.0), L(0, 1));
        var count = T.Shared(0L, "count");
        Assert.Throws<CompileException>(() => Function.Compile([], count, [(count, 0.5)]));
    }

    [Fact]
    public void A6_Roll()
    {
        Gives(V(5, 6, 1, 2, 3, 4), x => T.Roll(x, 2), V(1, 2, 3, 4, 5, 6));
        Gives(V(2, 3, 4, 5, 6, 1), x => T.Roll(x, -1), V(1, 2, 3, 4, 5, 6));
        Gives(V(4, 1, 2, 3), x => T.Roll(x, 1), V(1, 2, 3, 4));
        Gives(V(3, 4, 1, 2), x => T.Roll(x, -2), V(1, 2, 3, 4));
    }

    [Fact]
    public void A7_The_largest_over_several_axes_and_where_it_is()
    {
        var x = Counting(3, 2, 4);
        Gives(V(7, 15, 23), x => T.Max(x, 1, -1), x);
        Gives(L(7, 7, 7), x => T.ArgMax(T.Flatten(x, 2), 1), x);
    }

    [Fact]
    public void A8_Where_the_largest_is()
    {
        var x = M(2, 1, 5, 3, 4, 2, 6);
        Gives(L(1, 0, 1), x => T.ArgMax(x, 0), x);
        Gives(L(1, 2), x => T.ArgMax(x, 1), x);
        Gives(Tensor.Scalar(5L), x => T.ArgMax(x), x);
    }

    [Fact]
    public void A9_Joined_parts_meet_in_one_dtype()
    {
        var joined = T.Concatenate([T.Vector("x", dtype: DType.Int8), T.Vector("y", dtype: DType.Float32)]);
        Assert.Equal(DType.Float32, joined.DType);
    }

    [Fact]
    public void A10_Searching_counting_differences_and_unravelled_indices()
    {
        Gives(L(0, 1, 2, 3), (x, v) => T.SearchSorted(x, v), V(1, 2, 3), V(0, 2, 2.5, 4));
        Gives(V(.5, 3, 0, 3), (x, w) => T.BinCount(x, w), L(0, 1, 1, 3), V(.5, 1, 2, 3));
        Gives(V(2, 2), x => T.Diff(x, 2), V(1, 4, 9, 16));
        Gives(L(3, 6, 6), x => T.UnravelIndex(x, [7, 6])[0], L(22, 41, 37));
        Gives(L(4, 5, 1), x => T.UnravelIndex(x, [7, 6])[1], L(22, 41, 37));
    }

    [Fact]
    public void A11_Permutations_choices_diagonals_and_triangles()
    {
        Gives(L(1, 2, 0), T.InversePermutation, L(2, 0, 1));
        Gives(V(20, 1, 12), (i, x) => T.Choose(i, x), L(2, 0, 1), M(3, 0, 1, 2, 10, 11, 12, 20, 21, 22));
        Gives(M(2, 5, 0, 0, 0, 5, 0), x => T.FillDiagonal(x, 5), M(2, 0, 0, 0, 0, 0, 0));
        Gives(M(2, 0, 1, 0, 0, 0, 1), x => T.Eye(2, 3, 1, DType.Float64) + 0 * T.Sum(x), S(0));
        Gives(M(3, 1, 0, 0, 1, 1, 0, 1, 1, 1), x => T.Tri(3, 3, 0, DType.Float64) + 0 * T.Sum(x), S(0));
        Gives(M(3, 0, 0, 0, 1, 0, 0, 1, 1, 0), x => T.Tril(x, -1), M(3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    }

    [Fact]
    public void A12_Cumulative_sums_sorting_and_moments()
    {
        Gives(V(1, 3, 6), x => T.CumSum(x), V(1, 2, 3));
        Gives(V(1, 2, 6), x => T.CumProd(x), V(1, 2, 3));
        Gives(V(1, 2, 3), x => T.Sort(x), V(3, 1, 2));
        Gives(L(1, 2, 0), x => T.ArgSort(x), V(3, 1, 2));
        Gives(S(1.247219128924647), x => T.Std(x), V(1, 2, 4));
        Gives(S(2.333333333333333), x => T.Var(x, [0], ddof: 1), V(1, 2, 4));
        Gives(S(7 / 3.0), x => T.Mean(x), L(1, 2, 4));
        Gives(Tensor.Scalar(7L), x => T.Sum(x), L(1, 2, 4));
        Gives(S(14 / 9.0), x => T.Var(x), L(1, 2, 4));
        Gives(S(4), x => T.PeakToPeak(x), V(1, 5, 3));
    }

    [Fact]
    public void A13_Repeated_tiled_split_and_found()
    {
        Gives(V(1, 1, 2, 2), x => T.Repeat(x, 2), V(1, 2));
        Gives(V(1, 2, 1, 2, 1, 2), x => T.Tile(x, 3), V(1, 2));
        Gives(V(0, 1, 2), x => T.Split(x, [3, 2])[0], V(0, 1, 2, 3, 4));
        Gives(V(3, 4), x => T.Split(x, [3, 2])[1], V(0, 1, 2, 3, 4));
        Gives(L(1, 3), x => T.NonZero(x)[0], V(0, 2, 0, 3));
    }

    [Fact]
    public void A14_Masks_and_lists_of_indices_and_what_lies_outside()
    {
        Gives(V(2, 3), x => x[x > 1], V(0, 2, 3));
        Gives(V(2, 4, 6), x => x[T.Constant(L(0, 1, 1)), T.Constant(L(1, 0, 2))], M(2, 1, 2, 3, 4, 5, 6));
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
            Assert.ThrowsAny<ArgumentException>(() => Value(a => a[0][5], [V(1)], backend));
    }

    [Fact]
    public void A15_Zero_times_the_log_of_zero_is_zero()
    {
        Gives(V(0, 0), T.XLogX, V(1, 0));
        Gives(V(0, 0), T.XLogY, V(1, 0), V(1, 0));
    }

    [Fact]
    public void A16_Special_functions_at_a_half_and_two()
    {
        var functions = new (Func<Expr, Expr> F, double Half, double Two)[]
        {
            (T.Gamma, 1.772453850905516, 1), (T.GammaLn, .5723649429247001, 0), (T.Digamma, -1.96351002602142347944, .42278433509846713), (T.Trigamma, 4.934802200544679, .6449340668482264),
            (T.Erf, .5204998778130465, .9953222650189527), (T.Erfc, .4795001221869535, .00467773498104727), (T.Erfcx, .6156903441929258, .2553956763105058),
            (T.ErfInv, .4769362762044699, double.NaN), (T.BesselJ0, .9384698072408129, .22389077914123567), (T.BesselJ1, .2422684576748739, .5767248077568733),
            (T.BesselI0, 1.0634833707413236, 2.279585302336067), (T.BesselI1, .25789430539089636, 1.5906368546373295),
        };
        foreach (var (f, half, two) in functions) Gives(V(half, two), f, V(.5, 2));
    }

    [Fact]
    public void A17_A_Fourier_transform_of_real_numbers() =>
        Gives(Tensor.From<double>([10, 0, -2, 2, -2, 0], 1, 3, 2), x => T.Fft.Rfft(x, 1), M(1, 1, 2, 3, 4));

    [Fact]
    public void A18_Clip_with_crossed_bounds_gives_the_upper_one() => Gives(V(2, 2, 1), x => T.Clip(x, 2, 1), V(0, 1.5, 3));

    [Fact]
    public void A19_The_largest_elements_are_sorted() => Gives(V(5, 3), x => T.TopK(x, 2), V(3, 1, 2, 5));

    [Fact]
    public void A21_Norms()
    {
        var x = M(2, 1, -5, 4, 2);
        Gives(S(12), x => T.Sum(T.Abs(x)), x);
        Gives(S(12), x => T.Norm(T.Flatten(x), 1), x);
        Gives(S(6.782329983125268), x => T.Norm(T.Flatten(x), 2), x);
    }

    [Fact]
    public void A22_NaN_is_the_largest()
    {
        Gives(V(double.NaN, double.NaN), T.Maximum, V(double.NaN, 1), V(1, double.NaN));
        Gives(S(double.NaN), x => T.Max(x), V(1, double.NaN, 3));
    }

    [Fact]
    public void A23_Reductions_of_nothing()
    {
        Gives(S(0), x => T.Sum(x), V());
        Gives(S(1), x => T.Prod(x), V());
        Gives(S(double.NaN), x => T.Mean(x), V());
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
            Assert.ThrowsAny<ArgumentException>(() => Value(a => T.Max(a[0]), [V()], backend));
    }

    [Fact]
    public void A24_The_branch_not_taken_brings_no_NaN() => Gives(V(0, 0, .5), x => T.Grad(T.Sum(T.Switch(x > 0, T.Log(x), 0)), x), V(-1, 0, 2));

    [Fact]
    public void A25_Adding_to_columns() => Gives(M(2, 1, 12, 13, 4, 15, 16), z => z.Add([Range.All, 1..], 10), M(2, 1, 2, 3, 4, 5, 6));
}
