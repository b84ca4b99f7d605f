namespace DeepSym.Tests.Laws;

/// <summary>
/// What random programs are made of: functions of two values and a number that varies them, for operands of any shape. Comparisons are shifted by odd amounts, so that
/// numbers that are equal but for rounding do not decide anything.
/// </summary>
static class RandomSteps
{
    const double Odd = 0.013726;

    /// <summary>Steps whose results are exact: no function that is rounded in a way of its own, no sum of floating-point numbers.</summary>
    public static readonly (string Name, Func<Expr, Expr, int, Expr> Apply)[] Exact =
    [
        ("add", (x, y, _) => x + Fit(y, x)),
        ("subtract", (x, y, _) => x - Fit(y, x)),
        ("multiply", (x, y, _) => x * Fit(y, x)),
        ("divide", (x, y, _) => x / (1 + T.Sqr(Fit(y, x)))),
        ("scale", (x, _, k) => x * new[] { 0.5, -1, 3, 0.1 }[k % 4]),
        ("negate", (x, _, _) => -x),
        ("absolute", (x, _, _) => T.Abs(x) - 0.25),
        ("square root", (x, _, _) => T.Sqrt(1 + T.Sqr(x))),
        ("relu", (x, _, _) => T.Relu(x)),
        ("clip", (x, _, _) => T.Clip(x, -0.4, 0.7)),
        ("maximum", (x, y, k) => k % 2 == 0 ? T.Maximum(x, Fit(y, x)) : T.Minimum(x, Fit(y, x))),
        ("switch", (x, y, _) => Fit(y, x) is var z ? T.Switch(x > z + Odd, x, 0.5 * z) : x),
        ("compare", (x, y, k) => Fit(y, x) is var z ? T.Cast(k % 2 == 0 ? x > z + Odd : x <= z - Odd, x.DType) : x),
        ("truth", (x, y, k) => Fit(y, x) is var z ? T.Cast(k % 3 == 0 ? (x > Odd) & (z > Odd) : k % 3 == 1 ? (x > Odd) | (z < Odd) : (x > Odd) ^ ~(z > Odd), x.DType) : x),
        ("all", (x, _, k) => Axis(x, k) is var axis ? T.Cast(k % 2 == 0 ? T.All(Ranked(x) > -0.3, axis) : T.Any(Ranked(x) > 0.3, axis), x.DType) : x),
        ("count", (x, _, k) => T.Cast(T.Sum(T.Cast(Ranked(x) > Odd, DType.Int64), Axis(x, k)), x.DType) / 8),
        ("integers", (x, y, k) => T.Cast(Integers(Whole(x), Whole(Fit(y, x)), k), x.DType) / 8),
        ("narrow integers", (x, _, k) => T.Cast(T.Cast(Whole(x), k % 2 == 0 ? DType.Int8 : DType.Int32) * 3 + 1, x.DType) / 16),
        ("remainders", (x, _, k) => T.Cast(T.CumSum(Whole(Ranked(x)), Axis(x, k)[0]), x.DType) / 16),
        ("largest", (x, _, k) => k / 3 % 2 == 0 ? T.Max(Ranked(x), Axis(x, k)) : T.Min(Ranked(x), Axis(x, k))),
        ("largest kept", (x, _, k) => Ranked(x) - T.Max(Ranked(x), Axis(x, k), keepDims: true)),
        ("place of the largest", (x, _, k) => T.Cast(T.ArgMax(Distinct(Ranked(x)), Axis(x, k)[0]), x.DType) / 4),
        ("transpose", (x, _, _) => T.Transpose(x)),
        ("flip", (x, _, k) => T.Flip(Ranked(x), Axis(x, k))),
        ("every second", (x, _, k) => Part(Ranked(x), k, T.Range(k % 2 == 0 ? null : 0, null, k % 2 == 0 ? -2 : 2))),
        ("backwards", (x, _, k) => Part(Ranked(x), k, T.Range(null, null, -1))),
        ("without the first", (x, _, k) => T.Concatenate([Part(Ranked(x), k, 1..), Part(Ranked(x), k, ..1)], k % Ranked(x).Rank)),
        ("an element", (x, _, k) => Part(Ranked(x), k, k % 2 == 0 ? 0 : ^1)),
        ("flatten", (x, _, k) => k % 2 == 0 ? T.Flatten(x) : T.Flatten(T.Transpose(x))),
        ("as rows", (x, _, _) => T.Reshape(x, T.Flatten(x).Shape[0], 1)),
        ("other rows", (x, _, _) => Matrix(x) is var m ? T.Reshape(T.Transpose(m), m.Shape[0], m.Shape[1]) : x),
        ("new axis", (x, _, k) => x.Rank < 3 ? T.ExpandDims(x, k % (x.Rank + 1)) : x),
        ("repeat along", (x, _, _) => x.Rank < 3 ? T.BroadcastTo(x, [2, .. x.Shape]) : x),
        ("pad", (x, _, k) => T.Pad(Ranked(x), [.. Ranked(x).Shape.Select((_, axis) => axis == k % Ranked(x).Rank ? ((Dim)(k % 3), (Dim)1) : (0, 0))])),
        ("roll", (x, _, k) => T.Roll(Ranked(x), k % 3 - 1, Axis(x, k)[0])),
        ("tile", (x, _, _) => Matrix(x) is var m ? T.Tile(m[.., ..2], 1, 2) : x),
        ("repeat", (x, _, k) => T.Repeat(Part(Ranked(x), k, ..2), 2, Axis(x, k)[0])),
        ("stack", (x, y, k) => x.Rank < 3 ? T.Stack([x, Broadcasting.To(Fit(y, x), x.Shape)], k % (x.Rank + 1)) : x),
        ("concatenate", (x, y, k) => Small(x) is var s && Broadcasting.To(Fit(y, s), s.Shape) is var z ? T.Concatenate([s, z, s], k % s.Rank) : x),
        ("triangle", (x, _, k) => k % 2 == 0 ? T.Tril(Matrix(x), k % 3 - 1) : T.Triu(Matrix(x), k % 3 - 1)),
        ("diagonal", (x, _, k) => Matrix(x) is var m ? k % 2 == 0 ? T.Diagonal(m) : T.AllocDiag(m[..2, 0]) : x),
        ("take", (x, y, k) => T.Take(Ranked(x), Places(y, Ranked(x), k), Axis(x, k)[0])),
        ("take constants", (x, _, k) => T.Take(Ranked(x), T.Constant(Tensor.From([0L, -1, 0])), Axis(x, k)[0])),
        ("take in both axes", (x, y, _) => Matrix(x) is var m ? m[Places(y, m, 0), Places(y, m, 1)] : x),
        ("place", (x, y, k) => Matrix(x) is var m && k % 2 == 0 ? m.With([Places(y, m, 0)], Odd) : Matrix(x).With([0], 2 * Matrix(x)[^1])),
        ("place part", (x, y, _) => Matrix(x) is var m ? m.With([T.Range(null, null, 2)], Broadcasting.To(Fit(y, m), m.Shape)[T.Range(null, null, 2)]) : x),
        ("mask", (x, y, k) => Fit(y, x) is var z && k % 2 == 0 ? T.Switch(T.Eq(T.Mod(T.Reshape(T.Arange(T.Flatten(x).Length), x.Shape), 3), 1), x, z) : T.Max(T.Concatenate([T.Flatten(x)[T.Flatten(x) > Odd], T.Zeros([1], x.DType)]))),
        ("sort", (x, _, k) => T.Sort(Ranked(x), Axis(x, k)[0], descending: k % 2 == 0)),
        ("by order", (x, y, k) => T.TakeAlongAxis(Ranked(x), T.ArgSort(Distinct(Broadcasting.To(Fit(y, Ranked(x)), Ranked(x).Shape)), Axis(x, k)[0]), Axis(x, k)[0])),
        ("top", (x, _, k) => T.TopK(Ranked(x), 1, Axis(x, k)[0])),
        ("largest in windows", (x, _, k) => k % 2 == 0 ? T.MaxPool2D(Image(x), [2, 2], ignoreBorder: false)[0, 0] : T.MaxPool2D(Image(x), [1, 3], [1, 1], Padding.Half)[0, 0]),
        ("choice", (x, y, k) => T.IfElse(T.Max(x) > Odd + k % 2, Two(x), Fit(y, x) * Two(x))),
        ("choice of both", (x, y, _) => T.IfElse(T.Min(y) > -0.5, [x + 1, T.Abs(x)], [x * 2, -x]) is var parts ? parts[0] - parts[1] : x),
        ("loop over rows", (x, _, _) => T.Scan([Matrix(x)[0]], [Matrix(x)], (carry, row) => ([T.Maximum(0.5 * carry[0], row[0])], [carry[0] - row[0]])).Stacked[0]),
        ("last of a loop", (x, y, _) => Matrix(x) is var m ? T.Scan([m[0]], [m], (carry, row) => ([0.5 * carry[0] + row[0]], [])).Last[0] : x),
        ("loop until", (x, _, _) => T.Scan(e => new ScanStep(e[1] + T.Abs(e[0])) { Until = T.Max(e[1] + T.Abs(e[0])) > 1.5 }, [Matrix(x)], [T.ZerosLike(Matrix(x)[0])]).Output),
        ("map", (x, _, _) => T.Map(row => T.Max(row) - row, Matrix(x))),
    ];

    /// <summary>Steps that round.</summary>
    public static readonly (string Name, Func<Expr, Expr, int, Expr> Apply)[] Rounding =
    [
        ("tanh", (x, _, _) => T.Tanh(x)),
        ("sigmoid", (x, _, _) => T.Sigmoid(x)),
        ("exp", (x, _, _) => T.Exp(-T.Sqr(x))),
        ("log", (x, _, _) => T.Log(1 + T.Sqr(x))),
        ("softplus", (x, _, _) => T.Softplus(x)),
        ("sine", (x, _, k) => k % 2 == 0 ? T.Sin(x) : T.Cos(2 * x)),
        ("power", (x, _, _) => T.Pow(T.Abs(x) + 0.5, 1.7)),
        ("error function", (x, _, _) => T.Erf(x)),
        ("angle", (x, y, _) => T.Atan2(x, 1.5 + T.Abs(Fit(y, x)))),
        ("log of sum", (x, y, _) => T.LogAddExp(x, Fit(y, x))),
        ("float32 and back", (x, _, _) => T.Cast(T.Cast(x, DType.Float32), x.DType)),
        ("sum", (x, _, k) => T.Sum(Ranked(x), Axis(x, k))),
        ("sum of all", (x, _, _) => T.Sum(x) * 0.1),
        ("sum kept", (x, _, k) => Ranked(x) * T.Sum(Ranked(x), Axis(x, k), keepDims: true)),
        ("mean", (x, _, k) => Ranked(x) - T.Mean(Ranked(x), Axis(x, k), keepDims: true)),
        ("variance", (x, _, k) => T.Var(Ranked(x), Axis(x, k))),
        ("deviation", (x, _, k) => Ranked(x) / T.Sqrt(0.1 + T.Var(Ranked(x), Axis(x, k), keepDims: true))),
        ("variance of all", (x, _, _) => (x - T.Mean(x)) / T.Sqrt(0.2 + T.Var(x))),
        ("norm", (x, _, k) => T.Sqrt(0.1 + T.Sum(T.Sqr(Ranked(x)), Axis(x, k)))),
        ("product", (x, _, k) => T.Prod(Ranked(x), Axis(x, k))),
        ("log-sum-exp", (x, _, k) => T.LogSumExp(Ranked(x), Axis(x, k))),
        ("softmax", (x, _, k) => T.Softmax(Ranked(x), Axis(x, k)[0])),
        ("log-softmax", (x, _, k) => T.LogSoftmax(Ranked(x), Axis(x, k)[0])),
        ("cross-entropy", (x, y, _) => Matrix(x) is var m ? T.SoftmaxCrossentropy(m, Broadcasting.To(T.Abs(Fit(y, m)), m.Shape)) : x),
        ("layer norm", (x, _, _) => T.LayerNormalization(Matrix(x))),
        ("running sum", (x, _, k) => T.CumSum(Ranked(x), Axis(x, k)[0]) * 0.3),
        ("running product", (x, _, k) => T.CumProd(Ranked(x), Axis(x, k)[0])),
        ("dot", (x, y, _) => Matrix(x) is var m ? T.Dot(m, T.Transpose(Broadcasting.To(Fit(y, m), m.Shape))) * 0.2 : x),
        ("dot and epilogue", (x, y, _) => Matrix(x) is var m && T.Transpose(Broadcasting.To(Fit(y, m), m.Shape)) is var w ? T.Tanh(T.Dot(T.Dot(m, w), m) * 0.1 + m[0]) : x),
        ("matrix by vector", (x, y, _) => Matrix(x) is var m ? T.Dot(m, Broadcasting.To(Fit(y, m[0]), m[0].Shape)) * 0.3 : x),
        ("outer", (x, y, _) => T.Outer(T.Flatten(x)[..2], T.Flatten(y)[..3])),
        ("batched dot", (x, _, _) => T.Stack([Matrix(x), Matrix(x) * 2]) is var b ? T.BatchedDot(b, T.Transpose(b, 0, 2, 1)) * 0.1 : x),
        ("einsum", (x, y, _) => Matrix(x) is var m && Broadcasting.To(Fit(y, m), m.Shape) is var z ? T.Einsum("ij,ij->i", m, z) + T.Einsum("ij,kj->i", m, z) * 0.1 : x),
        ("convolution", (x, _, k) => k % 2 == 0 ? T.Conv2D(Image(x), T.Constant(Kernel(x.DType)), Padding.Half)[0, 0] : T.Conv1D(T.Reshape(x, 1, 1, T.Flatten(x).Shape[0]), T.Constant(Kernel(x.DType).Reshape(1, 1, 9)), Padding.Full, [2])[0, 0]),
        ("convolution with weights", (x, y, _) => T.Conv2D(Image(x), T.BroadcastTo(T.Flatten(y)[0] * 0.5, 2, 1, 1, 1) + T.Constant(Kernel(x.DType)), Padding.Full)[0, 1] * 0.3),
        ("mean of windows", (x, _, k) => T.Pool2D(Image(x), [2, 2], [1, 1], Padding.Of(1), mode: k % 2 == 0 ? PoolMode.AverageExcludingPadding : PoolMode.AverageIncludingPadding)[0, 0]),
        ("add to places", (x, y, _) => Matrix(x) is var m ? m.Add([Places(y, m, 0)], Fit(y, m[Places(y, m, 0)]) * 0.3) : x),
        ("solve", (x, _, _) => Matrix(T.Tanh(x)) is var m ? T.Solve(T.Dot(m, T.Transpose(m)) + 2 * T.Eye(m.Shape[0], dtype: x.DType), m) : x),
        ("determinant", (x, _, _) => Small(T.Tanh(x))[..2] is var m ? T.Log(1 + T.Det(T.Dot(m, T.Transpose(m)) + T.Eye(m.Shape[0], dtype: x.DType))) : x),
        ("cholesky", (x, _, _) => Matrix(T.Tanh(x)) is var m ? T.Cholesky(T.Dot(m, T.Transpose(m)) + T.Eye(m.Shape[0], dtype: x.DType)) : x),
        ("recurrence", (x, y, _) => Matrix(x) is var m && Broadcasting.To(Fit(y, T.Dot(T.Transpose(m), m)), [m.Shape[1], m.Shape[1]]) is var w
            ? T.Scan([m[0]], [m], (carry, row) => ([T.Tanh(T.Dot(carry[0], w) * 0.3 + row[0])], [T.Sum(carry[0] * row[0])])) is var (last, stacked) ? T.Concatenate([last[0], stacked[0]]) : x : x),
        ("fold", (x, _, _) => T.Foldr((row, sum) => T.Sin(row) + 0.5 * sum, Matrix(x), T.ZerosLike(Matrix(x)[0]))),
        ("lazy", (x, y, _) => T.IfElse(T.Sum(y) > Odd, T.Exp(-T.Abs(x)) + T.Sum(y), T.Softmax(Ranked(x)).Rank == x.Rank ? T.Softmax(x) : x)),
    ];

    // y in a shape that broadcasts to that of x.
    static Expr Fit(Expr y, Expr x)
    {
        if (y.Rank == 0 || y.Shape == x.Shape) return y;
        if (y.Rank == 3 && x.Rank < 3) return Fit(y[^1], x);
        if (y.Rank == 1 && x.Rank >= 1 && y.Shape[0] == x.Shape[^1]) return y;
        if (y.Rank == 1 && x.Rank == 2 && y.Shape[0] == x.Shape[0]) return T.ExpandDims(y, 1);
        if (y.Rank == 2 && x.Rank == 2 && y.Shape[0] == x.Shape[1] && y.Shape[1] == x.Shape[0]) return T.Transpose(y);
        if (y.Rank == 2 && x.Rank == 3 && y.Shape[0] == x.Shape[1] && y.Shape[1] == x.Shape[2]) return y;
        var (from, to) = (T.Flatten(y), T.Flatten(x));
        return T.Reshape(T.Take(from, T.Mod(T.Arange(to.Length), from.Length)), x.Shape);
    }

    static Expr Ranked(Expr x) => x.Rank > 0 ? x : T.BroadcastTo(x, 3);

    static int[] Axis(Expr x, int k) => [k % Math.Max(x.Rank, 1)];

    static Expr Part(Expr x, int k, AxisIndex index) => x[[.. Enumerable.Range(0, x.Rank).Select(axis => axis == k % x.Rank ? index : ..)]];

    static Expr Matrix(Expr x) => x.Rank switch
    {
        0 => T.BroadcastTo(x, 2, 3),
        1 => T.Stack([x, 0.5 * x]),
        2 => x,
        _ => T.Reshape(x, x.Shape[0] * x.Shape[1], x.Shape[2]),
    };

    static Expr Small(Expr x) => Matrix(x)[..3, ..4];

    static Expr Image(Expr x) => Matrix(x) is var m ? T.Reshape(m, 1, 1, m.Shape[0], m.Shape[1]) : x;

    static Expr Two(Expr x) => x * 2 - 1;

    static Expr Whole(Expr x) => T.Cast(T.Floor(T.Clip(x, -50, 50) * 7 + Odd), DType.Int64);

    static Expr Integers(Expr x, Expr y, int k) => (k % 6) switch
    {
        0 => T.FloorDivide(x, T.Abs(y) + 2),
        1 => T.Mod(x, T.Abs(y) + 3),
        2 => x & y,
        3 => T.Maximum(x, y) - T.Minimum(x, y),
        4 => x ^ 5,
        _ => x * y % 11,
    };

    // Indices along an axis of x that depend on the values of y.
    static Expr Places(Expr y, Expr x, int k) => T.Mod(Whole(T.Flatten(Broadcasting.To(Fit(y, x), x.Shape))[..3]), T.Cast(x.Size(k % x.Rank), DType.Int64));

    // No two elements that are equal but for rounding.
    static Expr Distinct(Expr x) => x + T.Cast(T.Mod(T.Reshape(T.Arange(T.Flatten(x).Length), x.Shape) * 37, 101), x.DType) * 0.0193;

    static Tensor Kernel(DType dtype) => Tensor.From([0.5, -0.25, 0.125, 1, 0.75, -0.5, 0.0625, -1, 0.25], 1, 1, 3, 3).To(dtype);
}
