using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of every op, be the axes long, of length 1 or empty, known when the graph is built or only to a call, in float32 and float64: the compiled code gives what
/// the interpreter gives, or fails with the same message; the gradient too.
/// </summary>
public sealed class SizeLaws
{
    /// <summary>What compiled code is also made for.</summary>
    static readonly int[][] Known = [[2, 1, 4], [2, 3, 0], [1, 1, 1]];

    static readonly int[][] Sizes = [[2, 3, 4], [1, 3, 4], [2, 3, 1], [0, 3, 4], [2, 0, 4], [0, 1, 4], .. Known];

    static readonly Dictionary<string, Func<Expr, Expr, Expr[]>> Programs = new()
    {
        ["pointwise"] = (x, y) => [T.Tanh(x) * y + 1, T.Maximum(x, y), T.Switch(x > y, x, 2 * y), T.Cast(x > 0, x.DType)],
        ["sums"] = (x, _) => [T.Sum(x, 0), T.Sum(x, 1), T.Sum(x, 2), T.Sum(x, 0, 2), T.Sum(x), T.Mean(T.Sqr(x), 1)],
        ["products"] = (x, _) => [T.Prod(x, 0), T.Prod(x, 1), T.Prod(x, 2), T.Prod(x)],
        ["largest of columns"] = (x, _) => [T.Max(x, 0), T.Min(x, 0)],
        ["largest of rows"] = (x, _) => [T.Max(x, 2), T.Min(x, 1, 2)],
        ["largest of all"] = (x, _) => [T.Max(x)],
        ["truth"] = (x, _) => [T.Cast(T.All(x > 0, 1), x.DType), T.Cast(T.Any(x > 0.5, 2), x.DType), T.Cast(T.All(x > 0), x.DType)],
        ["places of the largest"] = (x, _) => [T.Cast(T.ArgMax(x, 1), x.DType), T.Cast(T.ArgMin(x, 1), x.DType)],
        ["place of the largest"] = (x, _) => [T.Cast(T.ArgMax(x), x.DType)],
        ["variances"] = (x, _) => [T.Var(x, [0]), T.Var(x, [2]), (x - T.Mean(x)) / T.Sqrt(0.1 + T.Var(x))],
        ["softmax"] = (x, _) => [T.Softmax(x), T.LogSoftmax(x, 1), T.LogSumExp(x, [0])],
        ["layer norm"] = (x, _) => [T.LayerNormalization(x)],
        ["axes"] = (x, y) => [T.Transpose(x), T.Transpose(x, 1, 2, 0) + T.Transpose(y, 1, 2, 0), T.BroadcastTo(x, [2, .. x.Shape])],
        ["shapes"] = (x, _) => [T.Flatten(x), T.Reshape(T.Transpose(x), x.Shape), T.Reshape(x, x.Shape[0] * x.Shape[1], x.Shape[2]), T.ExpandDims(x, 1)],
        ["slices"] = (x, _) => [x[1..], x[.., ..^1], x[T.Ellipsis, T.Range(null, null, -1)], x[.., T.Range(null, null, 2)], x[5..]],
        ["elements"] = (x, _) => [x[0], x[.., .., ^1]],
        ["padding"] = (x, _) => [T.Pad(x, (0, 1), (1, 0), (2, 2)), T.Pad(x, [(0, 0), (0, 0), (1, 1)], PadMode.Constant, 7)],
        ["edges"] = (x, _) => [T.Pad(x, [(0, 0), (1, 0), (0, 2)], PadMode.Edge)],
        ["joined"] = (x, y) => [T.Concatenate([x, y, x], 1), T.Stack([x, y], 3), T.Concatenate([x[..0], y], 0)],
        ["tiled"] = (x, _) => [T.Tile(x, 2, 1, 3), T.Repeat(x, 2, 1), T.Roll(x, 1, 2)],
        ["picked"] = (x, _) => [T.Take(x, T.Constant(Tensor.From([0L, 0])), 1), x[T.Constant(Tensor.From([0L])), .., T.Constant(Tensor.From([-1L]))]],
        ["picked by order"] = (x, _) => [T.Take(x, T.ArgSort(x[T.Ellipsis, 0, 0]), 0), T.TakeAlongAxis(x, T.ArgSort(x, 2), 2)],
        ["picked none"] = (x, _) => [T.Take(x, T.Constant(Tensor.Zeros(DType.Int64, 0)), 1)],
        ["placed"] = (x, y) => [x.Add([T.Constant(Tensor.From([0L, 0]))], y[..2][T.Constant(Tensor.From([0L, 0]))]), x.With([T.Constant(Tensor.From([0L, -1]))], 3), x.With([1..], 5)],
        ["found"] = (x, _) => [x[x > 0], T.Cast(T.NonZero(x > 0)[1], x.DType)],
        ["sorted"] = (x, _) => [T.Sort(x, 0), T.Sort(x, 2, descending: true), T.Sort(x, null)],
        ["searched"] = (x, y) => [T.Cast(T.SearchSorted(T.Sort(x, null), y), x.DType), T.Cast(T.SearchSorted(T.Sort(x, null), y, right: true), x.DType)],
        ["running"] = (x, _) => [T.CumSum(x, 0), T.CumSum(x, 2), T.CumProd(x, 1), T.CumSum(x)],
        ["contracted"] = (x, y) => [T.TensorDot(x, y, [2], [2]), T.BatchedDot(x, T.Transpose(y, 0, 2, 1)), T.TensorDot(x, y, [0, 1, 2], [0, 1, 2]), T.Dot(x[.., 0], T.Transpose(y[.., 0]))],
        ["outer"] = (x, y) => [T.Outer(T.Flatten(x), T.Flatten(y))],
        ["convolved"] = (x, _) => [T.Conv1D(x, T.Constant(Numerically.Draw(5, 2, 3, 2).To(x.DType)), Padding.Full)],
        ["convolved in planes"] = (x, _) => [T.Conv2D(T.ExpandDims(x, 1), T.Constant(Numerically.Draw(5, 2, 1, 3, 3).To(x.DType)), Padding.Half)],
        ["pooled"] = (x, _) => [T.Pool1D(x, 2, 1, 1), T.Pool1D(x, 2, 1, 1, mode: PoolMode.AverageExcludingPadding), T.Pool1D(x, 2, ignoreBorder: false)],
        ["diagonals"] = (x, _) => [T.Diagonal(x, 0, 0, 1), T.Diagonal(x, 1, 1, 2), T.Tril(x[T.Ellipsis, 0]), T.Trace(x)],
        ["factored"] = (x, _) => [T.Cholesky(Positive(x)), T.Eigvalsh(Positive(x) + T.AllocDiag(T.Cast(T.Arange(x.Size(1)), x.DType))), T.Det(Positive(x)), T.SLogDet(Positive(x)).LogAbsDet],
        ["vectors"] = (x, _) => [T.Eigh(Positive(x) * Positive(x)).Values, T.Eig(Positive(x)).Values],
        ["solved"] = (x, _) => [T.Solve(Positive(x), x), T.MatrixInverse(Positive(x)), T.PseudoInverse(Positive(x))],
        ["exponential"] = (x, _) => [T.MatrixExp(Positive(x) * 0.1)],
        ["orthogonal"] = (x, _) => [T.Qr(Positive(x)).R, T.SingularValues(Positive(x))],
        ["fourier"] = (x, _) => [T.Fft.Rfft(x), T.Fft.Irfft(T.Fft.Rfft(x), isOdd: true)],
        ["counted"] = (x, _) => [T.Cast(T.Arange(x.Length), x.DType), T.Cast(T.Size(x.Shape[1] + x.Shape[2]), x.DType) * x],
        ["random"] = (x, _) => [new RandomStream(3).Uniform(x.Shape.ToArray(), dtype: x.DType) * x, T.Cast(new RandomStream(4).Poisson(x.Shape.ToArray(), T.Abs(x)), x.DType)],
        ["looped"] = (x, _) => [.. T.Scan([T.Zeros([x.Shape[1], x.Shape[2]], x.DType)], [x], (carry, e) => ([T.Tanh(carry[0] + e[0])], [carry[0] * e[0]])) is var (last, stacked) ? [last[0], stacked[0]] : Array.Empty<Expr>()],
        ["chosen"] = (x, y) => [T.IfElse(T.Sum(x) > 0, T.Sin(x), y * 2)],
        ["observed"] = (x, _) => [T.Assert(x, T.All(x < 100), "small"), T.Print(x, "x", TextWriter.Null), T.StopGradient(x), T.GradScale(x, 2), T.GradClip(x, -1, 1), T.WithGradient(x, [x], ct => [ct * 2])],
        ["called"] = (x, _) => [x * T.Cast(T.FromFunction("length", (inputs, output) => output.AsSpan<long>()[0] = inputs[0].Length, DType.Int64, [], x), x.DType)],
    };

    /// <summary>Ops that only the compiler makes.</summary>
    static readonly Type[] Made = [typeof(Branch), typeof(ScatterOnto), typeof(Cofactors), typeof(Fold)];

    static readonly DType[] DTypes = [DType.Float64, DType.Float32];

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Fact]
    public void Every_op_is_in_a_program()
    {
        var (x, y) = Variables(DType.Float64, [null, null, null]);
        var found = new HashSet<Type>();
        foreach (var program in Programs.Values)
            foreach (var node in Traversal.Topological(program(x, y)).SelectMany(node => node.Op is TupleOp tuple ? [node, .. tuple.Bodies.SelectMany(body => Traversal.Topological(body.Results))] : new[] { node }))
                if (node.Op is not null) found.Add(node.Op.GetType());
        Assert.Empty(OpSamples.Types.Except(found).Except(Made).Select(type => type.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_program_is_right_for_axes_of_any_size(string name)
    {
        foreach (var dtype in DTypes)
        {
            var free = new Both(Programs[name], dtype, [null, null, null]);
            foreach (var sizes in Sizes)
            {
                var values = new[] { 1, 2 }.Select(seed => Numerically.Draw(seed, sizes).To(dtype)).ToArray();
                var expected = free.Check(values, Tolerances.Program(dtype), $"{name} of {dtype.Name()}[{string.Join(",", sizes)}]");
                if (dtype == DType.Float64 && Known.Contains(sizes) && OfKnown(name, dtype, sizes) is { } known) known.Check(values, Tolerances.Program(dtype), $"{name} of {dtype.Name()}[{string.Join(",", sizes)}], sizes known", expected);
            }
        }
    }

    // What is wrong for known sizes is said when the graph is built.
    static Both? OfKnown(string name, DType dtype, int[] sizes)
    {
        try { return new Both(Programs[name], dtype, [.. sizes.Select(size => (Dim?)size)]); }
        catch (ShapeException) { return null; }
    }

    static (Variable, Variable) Variables(DType dtype, Dim?[] dims) => (T.Variable("x", dtype, [.. dims.Select((dim, i) => dim ?? "abc"[i..(i + 1)])]), T.Variable("y", dtype, [.. dims.Select((dim, i) => dim ?? "abc"[i..(i + 1)])]));

    // x·xᵀ + 1 for each matrix.
    static Expr Positive(Expr x) => T.MatMul(x, T.Transpose(x, 0, 2, 1)) + T.Eye(x.Shape[1], dtype: x.DType);

    /// <summary>A program and its gradient, interpreted and compiled.</summary>
    sealed class Both
    {
        readonly Function _interpreted, _compiled;

        public Both(Func<Expr, Expr, Expr[]> program, DType dtype, Dim?[] dims)
        {
            var (x, y) = Variables(dtype, dims);
            var outputs = program(x, y);
            var cost = outputs.Where(output => output.DType.IsFloating()).Select(output => Numerically.Weighted(output)).Aggregate((a, b) => a + b);
            Expr[] wanted = [.. outputs, .. T.Grad(cost, [x, y], Disconnected.Zero)];
            (_interpreted, _compiled) = (Compile(Backend.Interpreter), Compile(Backend.Cpu));

            Function Compile(Backend backend) => Function.Compile([x, y], wanted, options: new CompileOptions { Backend = backend, AllowUnusedInputs = true });
        }

        public Outcome Check(Tensor[] values, double tolerance, string what, Outcome? before = null)
        {
            var (expected, got) = (Outcome.Of(() => _interpreted.Invoke(values)), Outcome.Of(() => _compiled.Invoke(values)));
            try
            {
                Assert.Equal(expected.Error, got.Error);
                foreach (var (a, b) in (expected.Values ?? []).Zip(got.Values ?? [])) Numerically.Close(a, b, tolerance);
                foreach (var (a, b) in (before?.Values ?? []).Zip(expected.Values ?? [])) Numerically.Close(a, b, tolerance);
            }
            catch (Exception exception) { throw new InvalidOperationException($"{what}: {exception.Message}", exception); }
            return expected;
        }
    }
}
