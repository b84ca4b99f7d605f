using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Kernels for devices that were written by hand, at the lengths and values where they differ: nothing, one, not a power of two, several chunks, ties, NaN.</summary>
public sealed class DeviceKernelTests
{
    static readonly Variable X = T.FMatrix("x", "n", "k"), V = T.FVector("v", "n");

    static readonly Dictionary<string, Func<int, Expr>> AlongAxes = new()
    {
        ["argmax"] = axis => T.ArgMax(X, axis),
        ["argmin"] = axis => T.ArgMin(X, axis),
        ["argsort"] = axis => T.ArgSort(X, axis),
        ["argsort descending"] = axis => T.ArgSort(X, axis, descending: true),
        ["argsort of integers"] = axis => T.ArgSort(T.Cast(X, DType.Int32), axis),
        ["cumulative sum"] = axis => T.CumSum(X, axis),
        ["cumulative sum of integers"] = axis => T.CumSum(T.Cast(X, DType.Int32), axis),
        ["cumulative product"] = axis => T.CumProd(X / 3, axis),
        ["transposed"] = axis => T.Transpose(X) * (axis + 2),
        ["reversed recurrence"] = axis => new Recurrence(axis, IsReversed: true).On(X, T.Sin(X)),
    };

    static readonly Dictionary<string, Expr> OfVectors = new()
    {
        ["nonzero"] = T.FlatNonZero(V > 0),
        ["unique"] = T.Unique(V).Values,
        ["searchsorted"] = T.SearchSorted(T.Sort(V), V + 0.5),
        ["searchsorted right"] = T.SearchSorted(T.Sort(V), V, right: true),
        ["set at duplicate indices"] = T.Zeros([7], DType.Float32).With([T.Mod(T.Cast(T.Abs(V), DType.Int64), 7)], V),
        ["assert"] = T.Assert(V, V < 1000, "large"),
    };

    public static TheoryData<string, int> Axes => [.. AlongAxes.Keys.SelectMany(name => new[] { 0, 1 }.Select(axis => (name, axis)))];

    public static TheoryData<string> Vectors => [.. OfVectors.Keys];

    [Theory, MemberData(nameof(Axes))]
    public void A_kernel_along_an_axis_gives_what_the_interpreter_gives(string name, int axis)
    {
        var value = AlongAxes[name](axis);
        foreach (var device in TestDevices.All)
        {
            var (f, plain) = (On(device, value, X), On(Backend.Interpreter, value, X));
            foreach (var (n, k) in new[] { (1, 1), (3, 4), (5, 17), (2, 100), (33, 2) })
            {
                var x = Whole(n + k, n, k);
                if (value.DType == DType.Int64 && n * k > 10) Spoil(x.AsSpan<float>());
                Numerically.Close(plain.Invoke(x)[0], f.Invoke(x)[0], Tolerances.Function(DType.Float32));
            }
        }
    }

    [Theory, MemberData(nameof(Vectors))]
    public void A_kernel_of_vectors_gives_what_the_interpreter_gives(string name)
    {
        foreach (var device in TestDevices.All)
        {
            var (f, plain) = (On(device, OfVectors[name], V), On(Backend.Interpreter, OfVectors[name], V));
            foreach (var n in new[] { 0, 1, 16, 100 })
                Numerically.Close(plain.Invoke(Whole(n, n))[0], f.Invoke(Whole(n, n))[0]);
        }
    }

    [Fact]
    public void Nothing_is_sorted_and_added_up_to_nothing()
    {
        foreach (var device in TestDevices.All)
            foreach (var value in new[] { T.ArgSort(X, 1), T.CumSum(X, 0), T.ArgMax(X, 1) })
                Assert.Equal(0, On(device, value, X).Invoke(Tensor.Zeros<float>(0, 3))[0].Length);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_extreme_of_a_long_row_is_the_first_of_all_its_parts(bool isNaN)
    {
        var x = Tensor.Zeros<float>(3, 20_001);
        var values = x.AsSpan<float>();
        foreach (var place in new[] { 4_999, 5_001, 20_000, 20_001 + 9_000, 20_001 + 19_999, 40_002 + 20_000 }) values[place] = isNaN ? float.NaN : 7;
        foreach (var device in TestDevices.All)
            Assert.Equal([4_999L, 9_000, 20_000], On(device, T.ArgMax(X, 1), X).Invoke(x)[0].ToArray<long>());
    }

    [Theory, InlineData(DType.Int16), InlineData(DType.Int32), InlineData(DType.Int64)]
    public void Negative_integers_are_divided_downwards_by_known_powers_of_two(DType dtype)
    {
        var x = T.Vector("x", "n", dtype);
        Expr[] quotients = [T.FloorDivide(x, 2), T.FloorDivide(x, 8), T.FloorDivide(x, -4), T.Mod(x, 4), T.FloorDivide(x, 3)];
        foreach (var device in TestDevices.All)
            foreach (var quotient in quotients)
                Assert.Equal(On(Backend.Interpreter, quotient, x).Invoke(Whole()).Single().To(DType.Int64).ToArray<long>(), On(device, quotient, x).Invoke(Whole()).Single().To(DType.Int64).ToArray<long>());

        Tensor Whole() => Tensor.Arange(-20, 21, 1).To(dtype);
    }

    [Fact]
    public void A_zero_ends_a_product_of_numbers_whose_own_product_overflows()
    {
        var x = Tensor.Full(2f, 3000);
        x.AsSpan<float>()[5] = 0;
        foreach (var device in TestDevices.All)
            Numerically.Close(On(Backend.Interpreter, T.CumProd(V), V).Invoke(x)[0], On(device, T.CumProd(V), V).Invoke(x)[0]);
    }

    [Fact]
    public void A_condition_that_does_not_hold_stops_a_device()
    {
        var w = T.Shared(Tensor.From(new[] { 1f, 2 }), "w");
        foreach (var device in TestDevices.All)
        {
            var f = Function.Compile([V], T.Sum(T.Assert(V, V < 10, "too large")), [(w, w + T.Sum(V))], options: new CompileOptions { Backend = device });
            Assert.StartsWith("too large", Assert.Throws<AssertionFailedException>(() => f.Invoke(Tensor.From(new[] { 3f, 12 }))).Message, StringComparison.Ordinal);
            Assert.Equal([1f, 2], w.GetValue().ToArray<float>());
        }
    }

    public static TheoryData<DType> Narrow => [DType.Int8, DType.UInt8, DType.Int16, DType.UInt16, DType.UInt32, DType.UInt64, DType.Float16, DType.BFloat16];

    [Theory, MemberData(nameof(Narrow))]
    public void Narrow_types_are_stored_on_devices_and_computed_wider(DType dtype)
    {
        var x = T.Cast(V, dtype);
        foreach (var device in TestDevices.All)
            foreach (var value in new[] { x * x + 3, T.Sum(x), T.Max(x) + T.Min(x), T.Cast(x > 2, DType.Int64), T.Sort(x), T.Concatenate([x, x + 1]) })
                Numerically.Close(On(Backend.Interpreter, value, V).Invoke(Whole(4, 37))[0], On(device, value, V).Invoke(Whole(4, 37))[0], Tolerances.Function(value.DType));
    }

    static Function On(Backend backend, Expr value, Variable x) => Function.Compile([x], value, options: new CompileOptions { Backend = backend });

    // Whole numbers, some of them equal.
    static Tensor Whole(int seed, params int[] shape) => Tensor.From<float>([.. Numerically.Draw(seed, shape).AsSpan<double>().ToArray().Select(x => (float)Math.Round(9 * x))], shape);

    static void Spoil(Span<float> x) => (x[3], x[7], x[8], x[9]) = (float.NaN, float.NaN, float.NegativeInfinity, float.PositiveInfinity);
}
