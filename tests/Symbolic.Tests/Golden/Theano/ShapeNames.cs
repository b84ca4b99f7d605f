using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Creating, moving and indexing in <c>theano.tensor</c>, by the names there. Unless a dtype is said, floats are float64, as in the golden runs.</summary>
internal static class ShapeNames
{
    public static void AddTo(TheanoModules modules, SymbolicDomain domain)
    {
        var tensor = modules.Tensor;
        modules["extra_ops"].Add("to_one_hot(y, nb_class, dtype='float64')", a => T.OneHot(a.Expr("y"), Symbolic.Size(a["nb_class"]), a.DType()!.Value));
        AddCreation(tensor);
        AddMovement(tensor);
        AddIndexing(tensor, domain);
        AddPositions(tensor, modules["extra_ops"]);
    }

    static void AddCreation(Module tensor)
    {
        tensor.Add("constant(x)", a => Symbolic.From(Arrays.NdArray.From(a["x"])));
        tensor.Add("as_tensor_variable(x)", a => a.Expr("x"));
        tensor.Add("zeros(shape, dtype='float64')", a => T.Zeros(a.Shape("shape"), a.DType()!.Value));
        tensor.Add("ones(shape, dtype='float64')", a => T.Ones(a.Shape("shape"), a.DType()!.Value));
        tensor.Add("alloc(value, *shape)", a => T.Full(a.Expr("value"), a.Shape("shape"), a.Expr("value").DType));
        tensor.Add("zeros_like(x)", a => T.ZerosLike(a.Expr("x")));
        tensor.Add("ones_like(x)", a => T.OnesLike(a.Expr("x")));
        tensor.Add("fill(x, value)", a => T.Full(a.Expr("value"), [.. a.Expr("x").Shape], a.Expr("x").DType));
        tensor.Add("eye(n, m=None, k=0, dtype='float64')", a => T.Eye(Symbolic.Size(a["n"]), a.Has("m") ? Symbolic.Size(a["m"]) : null, (int)a.Whole("k"), a.DType()!.Value));
        tensor.Add("identity_like(x)", a => T.Eye(a.Expr("x").Shape[0], a.Expr("x").Shape[1], 0, a.Expr("x").DType));
        tensor.Add("arange(a, b=None, step=1, dtype=None)", a => T.Arange(a.Has("b") ? a.Expr("a") : 0, a.Has("b") ? a.Expr("b") : a.Expr("a"), a.Expr("step"), a.DType()));
        tensor.Add("tri(n, m=None, k=0, dtype='float64')", a => T.Tri(Symbolic.Size(a["n"]), a.Has("m") ? Symbolic.Size(a["m"]) : null, (int)a.Whole("k"), a.DType()!.Value));
        tensor.Add("tril(x, k=0)", a => T.Tril(a.Expr("x"), (int)a.Whole("k")));
        tensor.Add("triu(x, k=0)", a => T.Triu(a.Expr("x"), (int)a.Whole("k")));
        tensor["mgrid"] = new SymbolicGrid(vectors => T.Meshgrid(vectors));
        tensor["ogrid"] = new SymbolicGrid(T.OpenGrid);
    }

    static void AddMovement(Module tensor)
    {
        tensor.Add("reshape(x, shape, ndim=None)", a => T.Reshape(a.Expr("x"), a.Shape("shape")));
        tensor.Add("dimshuffle(x, *pattern)", a => T.DimShuffle(a.Expr("x"), [.. Spread(a.Items("pattern")).Select(p => p is "x" ? -1 : (int)Numbers.Whole(p))]));
        tensor.Add("transpose(x, *axes)", a => T.Transpose(a.Expr("x"), Symbolic.Integers(Spread(a.Items("axes")).ToArray())));
        tensor.Add("swapaxes(x, i, j)", a => T.SwapAxes(a.Expr("x"), (int)a.Whole("i"), (int)a.Whole("j")));
        tensor.Add("flatten(x, ndim=1)", a => T.Flatten(a.Expr("x"), (int)a.Whole("ndim")));
        tensor.Add("squeeze(x)", a => T.Squeeze(a.Expr("x")));
        tensor.Add("shape_padleft(x, n=1)", a => Enumerable.Range(0, (int)a.Whole("n")).Aggregate(a.Expr("x"), (x, _) => T.ExpandDims(x, 0)));
        tensor.Add("shape_padright(x, n=1)", a => Enumerable.Range(0, (int)a.Whole("n")).Aggregate(a.Expr("x"), (x, _) => T.ExpandDims(x, -1)));
        tensor.Add("shape_padaxis(x, axis)", a => T.ExpandDims(a.Expr("x"), (int)a.Whole("axis")));
        tensor.Add("stacklists(x)", a => a.Expr("x"));
        tensor.Add("concatenate(parts, axis=0)", a => T.Concatenate(a.Exprs("parts"), (int)a.Whole("axis")));
        tensor.Add("join(axis, *parts)", a => T.Concatenate(a.Exprs("parts"), (int)a.Whole("axis")));
        tensor.Add("stack(parts, axis=0)", a => T.Stack(a.Exprs("parts"), (int)a.Whole("axis")));
        tensor.Add("horizontal_stack(*parts)", a => T.Concatenate(a.Exprs("parts"), 1));
        tensor.Add("vertical_stack(*parts)", a => T.Concatenate(a.Exprs("parts"), 0));
        tensor.Add("tile(x, reps, ndim=None)", a => T.Tile(a.Expr("x"), a.Shape("reps")));
        tensor.Add("repeat(x, repeats, axis=None)", a => T.Repeat(a.Expr("x"), a.Expr("repeats"), a.Axis()));
        tensor.Add("roll(x, shift, axis=None)", a => T.Roll(a.Expr("x"), a.Expr("shift"), a.Axis()));
        tensor.Add("addbroadcast(x, *axes)", a => WithOnes(a.Expr("x"), Symbolic.Integers(a["axes"])));
        tensor.Add("patternbroadcast(x, pattern)", a => WithOnes(a.Expr("x"), [.. a.Items("pattern").Select((known, axis) => known is true ? axis : -1).Where(axis => axis >= 0)]));
        tensor.Add("unbroadcast(x, *axes)", a => a.Expr("x"));
        tensor.Add("split(x, splits_size, n_splits, axis=0)", a => T.Split(a.Expr("x"), a.Shape("splits_size"), a.Axis()!.Value).ToList<object?>());
        tensor.Add("specify_shape(x, shape)", a => T.SpecifyShape(a.Expr("x"), a.Shape("shape")));
        tensor.Add("shape(x)", a => new ShapeVector(a.Expr("x")));
    }

    static void AddIndexing(Module tensor, SymbolicDomain domain)
    {
        tensor.Add("set_subtensor(part, value)", a =>
        {
            var (whole, index) = domain.Origin(a.Expr("part"));
            return whole.With(index, a.Expr("value"));
        });
        tensor.Add("inc_subtensor(part, value)", a =>
        {
            var (whole, index) = domain.Origin(a.Expr("part"));
            return whole.Add(index, a.Expr("value"));
        });
        tensor.Add("take(x, indices, axis=None, mode='raise')", a =>
            T.Take(a.Has("axis") ? a.Expr("x") : T.Flatten(a.Expr("x")), a.Expr("indices"), a.Axis() ?? 0, Mode(a)));
        tensor.Add("choose(a, choices, mode='raise')", a => T.Choose(a.Expr("a"), a.Expr("choices"), Mode(a)));
    }

    static void AddPositions(Module tensor, Module extra)
    {
        tensor.Add("nonzero(x)", a => T.NonZero(a.Expr("x")).ToArray<object?>());
        tensor.Add("flatnonzero(x)", a => T.FlatNonZero(a.Expr("x")));
        tensor.Add("nonzero_values(x)", a => T.NonZeroValues(a.Expr("x")));
        extra.Add("fill_diagonal(x, value)", a => T.FillDiagonal(a.Expr("x"), a.Expr("value")));
        extra.Add("fill_diagonal_offset(x, value, offset)", a => T.FillDiagonal(a.Expr("x"), a.Expr("value"), (int)a.Whole("offset")));
        extra.Add("compress(condition, x, axis=None)", a => T.Compress(a.Expr("condition"), a.Expr("x"), a.Axis()));
        tensor.Add("unravel_index(indices, dims, order='C')", a => T.UnravelIndex(a.Expr("indices"), a.Shape("dims"), a.Text("order") == "F").ToList<object?>());
        tensor.Add("ravel_multi_index(multi_index, dims, mode='raise', order='C')", a =>
            T.RavelMultiIndex(a.Exprs("multi_index"), a.Shape("dims"), Mode(a), a.Text("order") == "F"));
        tensor.Add("inverse_permutation(p)", a => T.InversePermutation(a.Expr("p")));
        tensor.Add("permute_row_elements(x, p, inverse=False)", a => T.PermuteRows(a.Expr("x"), a.Expr("p"), a.Bool("inverse")));
    }

    // Axes of size 1 that broadcast.
    static Expr WithOnes(Expr x, int[] axes) => T.SpecifyShape(x, [.. Enumerable.Range(0, x.Rank).Select(axis => axes.Contains(axis) ? Dim.One : null)]);

    static IndexMode Mode(BoundArguments a) => a.Text("mode") switch
    {
        "wrap" => IndexMode.Wrap,
        "clip" => IndexMode.Clip,
        _ => IndexMode.Raise,
    };

    // dimshuffle(0, 'x') and dimshuffle((0, 'x')) mean the same.
    static IReadOnlyList<object?> Spread(IReadOnlyList<object?> items) => items is [var only] && Sequences.IsSequence(only) ? Sequences.Items(only) : items;
}

/// <summary>Theano's <c>mgrid[0:n, 0:m]</c> and <c>ogrid</c>.</summary>
internal sealed class SymbolicGrid(Func<IReadOnlyList<Expr>, Expr[]> span) : Arrays.IIndexed
{
    public object this[object? index] => span([.. Sequences.Items(index).Select(range => Range((PythonSlice)range!))]).ToList<object?>();

    static Expr Range(PythonSlice range) => T.Arange(range.Start is null ? 0 : Symbolic.From(range.Start), Symbolic.From(range.Stop), range.Step is null ? null : Symbolic.From(range.Step));
}
