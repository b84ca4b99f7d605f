using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends;

/// <summary>
/// The meaning of expressions: evaluates node by node in plain loops, without fusion, SIMD or rewriting. Every backend, rewrite and
/// gradient is tested against it.
/// </summary>
static class Interpreter
{
    /// <summary>The values of <paramref name="outputs"/> when the leaves have the given values; shared variables that are not given have their current ones.</summary>
    public static Tensor[] Evaluate(IReadOnlyList<Expr> outputs, IReadOnlyDictionary<Leaf, Tensor> leaves)
    {
        DimBinding binding = null!;
        binding = new DimBinding(expr => Evaluate([expr], leaves)[0].ToScalar<long>());
        foreach (var (leaf, value) in leaves) binding.Bind(leaf, value.Shape);
        return Evaluate(outputs, leaves.ToDictionary(pair => (Expr)pair.Key, pair => pair.Value), binding);
    }

    /// <summary>The results of the body of a loop or branch.</summary>
    public static Tensor[] Evaluate(Lambda body, ReadOnlySpan<Tensor> arguments, DimBinding outer, IReadOnlySet<Expr> ownSizes)
    {
        var leaves = new Dictionary<Expr, Tensor>();
        for (var i = 0; i < arguments.Length; i++) leaves[body.Parameters[i]] = arguments[i];
        DimBinding binding = null!;
        binding = new DimBinding(expr => Evaluate([expr], leaves, binding)[0].ToScalar<long>(), outer, ownSizes);
        return Evaluate(body.Results, leaves, binding);
    }

    /// <summary>
    /// The values of outputs when some expressions have known ones, and sizes too. <paramref name="describe"/> names an expression in an error; <paramref name="computed"/> is
    /// told of every expression that was computed, with its operands and its value.
    /// </summary>
    public static Tensor[] Evaluate(IReadOnlyList<Expr> outputs, IReadOnlyDictionary<Expr, Tensor> known, DimBinding binding, Func<Expr, string>? describe = null,
        Action<Expr, Tensor[], Tensor>? computed = null)
    {
        var values = new Dictionary<Expr, Tensor>(known);
        var tuples = new Dictionary<Expr, Tensor[]>();
        foreach (var node in Traversal.Topological(outputs, e => known.ContainsKey(e) ? [] : e.Inputs.AsSpan()))
            if (node is Leaf leaf) values[leaf] = Value(leaf);
        var pending = new Stack<Expr>(outputs.Reverse());
        while (pending.TryPeek(out var node))
        {
            var count = pending.Count;
            var needed = IsKnown(node) ? [] : Needed(node);
            for (var i = needed.Length - 1; i >= 0; i--)
                if (!IsKnown(needed[i])) pending.Push(needed[i]);
            if (pending.Count > count) continue;
            pending.Pop();
            if (IsKnown(node)) continue;
            var guards = Guards.Collect();
            node.Op?.Infer(node.Inputs.AsSpan(), guards.For(node));
            binding.Check(guards.Found);
            if (node.Op is Project(var index)) values[node] = tuples[node.Inputs[0]][index];
            else if (node.Op is IfElse) values[node] = values[Needed(node)[^1]];
            else if (node.Op is TupleOp tuple) tuples[node] = Parts(tuple, [.. node.Inputs.Select(i => values[i])], binding);
            else values[node] = Apply(node, [.. node.Inputs.Select(i => values[i])], binding, describe);
            if (computed is not null && node.Op is not TupleOp) computed(node, [.. node.Inputs.Where(values.ContainsKey).Select(i => values[i])], values[node]);
        }
        return [.. outputs.Select(o => values[o])];

        bool IsKnown(Expr node) => values.ContainsKey(node) || tuples.ContainsKey(node);

        // Of a choice first the condition, then one branch.
        ReadOnlySpan<Expr> Needed(Expr node) => node.Op is not IfElse ? node.Inputs.AsSpan()
            : !values.TryGetValue(node.Inputs[0], out var condition) ? node.Inputs.AsSpan(0, 1)
            : node.Inputs.AsSpan(condition.ToScalar<bool>() ? 1 : 2, 1);

        Tensor Value(Leaf leaf)
        {
            switch (leaf)
            {
                case var _ when known.TryGetValue(leaf, out var given): return given;
                case Constant constant: return constant.Value;
                case SharedVariable shared:
                    binding.Bind(shared, shared.Extents);
                    return shared.Storage;
                default: throw new CompileException($"Input '{leaf.Name}' ({leaf.Type}) has no value.");
            }
        }
    }

    /// <summary>The axes of a tensor in another order.</summary>
    public static Tensor Transposed(Tensor tensor, EquatableArray<int> permutation)
    {
        var x = new Variable("x", tensor.DType, [.. tensor.Shape.ToArray().Select(size => (Dim?)size)]);
        return Evaluate([new Transpose(permutation).On(x)], new Dictionary<Leaf, Tensor> { [x] = tensor })[0];
    }

    static Tensor Apply(Expr node, Tensor[] inputs, DimBinding binding, Func<Expr, string>? describe)
    {
        try { return Apply(node, inputs, binding); }
        catch (Exception e) when (Failure.CanBeNamed(e)) { throw Failure.In(e, describe?.Invoke(node) ?? Sources.Placed(node, node), node, inputs); }
    }

    static Tensor Apply(Expr node, Tensor[] inputs, DimBinding binding)
    {
        var output = Tensor.Zeros(node.DType, binding.Evaluate(node.Shape));
        switch (node.Op)
        {
            case Map map: Pointwise(map, inputs, output); break;
            case ViewOp view: View(view, node, inputs[0], output, binding); break;
            case Reduce reduce: Combine(reduce, inputs[0], output); break;
            case Fold fold: Scatter(fold, node, inputs[0], output, binding); break;
            case Iota iota: Indices(iota, output); break;
            case DimValue(var dim): output.AsSpan<long>()[0] = binding.Evaluate(dim); break;
            case LibraryOp library: Library(library, inputs, output); break;
            default: throw new CompileException($"The interpreter does not know the op '{node.Op}'.");
        }
        return output;
    }

    // In the dtypes that such ops know.
    static void Library(LibraryOp op, Tensor[] inputs, Tensor output)
    {
        var result = NarrowTypes.OfLibrary(output.DType) is var wide && wide == output.DType ? output : Tensor.Zeros(wide, output.Shape);
        op.Evaluate([.. inputs.Select(input => NarrowTypes.OfLibrary(input.DType) is var own && own == input.DType ? input : input.To(own))], result);
        if (!ReferenceEquals(result, output)) result.To(output.DType).CopyTo(output);
    }

    static Tensor[] Parts(TupleOp op, Tensor[] inputs, DimBinding binding) => op switch
    {
        Scan scan => InterpretedScan.Run(scan, inputs, binding),
        Branch branch => Taken(branch, inputs, binding),
        _ => throw new CompileException($"The interpreter does not know the op '{op}'."),
    };

    static Tensor[] Taken(Branch branch, Tensor[] inputs, DimBinding binding)
    {
        var (body, first) = branch.Taken(inputs[0].ToScalar<bool>());
        return Evaluate(body, inputs.AsSpan(first, body.Parameters.Count), binding, body.OwnSizes.ToHashSet());
    }

    static void Pointwise(Map map, Tensor[] inputs, Tensor output)
    {
        var arguments = new Number[inputs.Length];
        var dtype = inputs[map.Function.Types == ScalarTypes.Selection ? 1 : 0].DType;
        for (var i = 0L; i < output.Length; i++)
        {
            for (var k = 0; k < inputs.Length; k++) arguments[k] = inputs[k].Number(i);
            output.SetNumber(i, map.Function.Value(arguments, dtype));
        }
    }

    static void View(ViewOp view, Expr node, Tensor input, Tensor output, DimBinding binding)
    {
        if (view.Forms(node.Inputs[0].Shape, node.Shape) is not { } forms)
        {
            input.Reshape(output.Shape).CopyTo(output);
            return;
        }
        var place = new Place(forms, input, output.Rank, binding);
        var size = output.DType.Size();
        foreach (var (i, index) in Positions(output.Shape.ToArray()))
            if (place.At(index) is >= 0 and var from)
                input.AsBytes().Slice((int)(from * size), size).CopyTo(output.AsBytes()[(int)(i * size)..]);
    }

    static void Scatter(Fold fold, Expr node, Tensor input, Tensor output, DimBinding binding)
    {
        var place = new Place(fold.Windows.Forms(node.Shape, node.Inputs[0].Shape)!.Value, output, input.Rank, binding);
        var (reals, integers) = (new double[output.Length], new long[output.Length]);
        foreach (var (i, index) in Positions(input.Shape.ToArray()))
        {
            var (at, (real, integer)) = (place.At(index), input.Number(i));
            reals[at] += real;
            integers[at] += integer;
        }
        for (var i = 0; i < reals.Length; i++) output.SetNumber(i, new Number(reals[i], integers[i]));
    }

    static void Combine(Reduce reduce, Tensor input, Tensor output)
    {
        var isReal = input.DType.IsFloating();
        var strides = new long[input.Rank];
        var own = output.Strides();
        for (int axis = 0, kept = 0; axis < input.Rank; axis++)
            if (!reduce.Axes.Contains(axis)) strides[axis] = own[kept++];
        var (reals, integers) = (new double[output.Length], new long[output.Length]);
        reals.AsSpan().Fill(reduce.Monoid switch { Monoid.Product => 1, Monoid.Max => double.NegativeInfinity, Monoid.Min => double.PositiveInfinity, _ => 0 });
        integers.AsSpan().Fill(reduce.Monoid switch { Monoid.Product or Monoid.All => 1, Monoid.Max => long.MinValue, Monoid.Min => long.MaxValue, _ => 0 });
        foreach (var (i, index) in Positions(input.Shape.ToArray()))
        {
            var at = 0L;
            for (var axis = 0; axis < strides.Length; axis++) at += strides[axis] * index[axis];
            var (real, integer) = input.Number(i);
            if (isReal) reals[at] = reduce.Monoid switch
            {
                Monoid.Sum => reals[at] + real,
                Monoid.Product => reals[at] * real,
                Monoid.Max => Math.Max(reals[at], real),
                _ => Math.Min(reals[at], real),
            };
            else integers[at] = reduce.Monoid switch
            {
                Monoid.Sum => integers[at] + integer,
                Monoid.Product => integers[at] * integer,
                Monoid.Max or Monoid.Any => Math.Max(integers[at], integer),
                _ => Math.Min(integers[at], integer),
            };
        }
        for (var i = 0L; i < output.Length; i++) output.SetNumber(i, new Number(reals[i], integers[i]));
    }

    static void Indices(Iota iota, Tensor output)
    {
        foreach (var (i, index) in Positions(output.Shape.ToArray())) output.AsSpan<long>()[(int)i] = index[iota.Axis];
    }

    // Each flat position of a shape with its index along every axis; the array is reused.
    static IEnumerable<(long Flat, int[] Index)> Positions(int[] shape)
    {
        if (shape.Contains(0)) yield break;
        var index = new int[shape.Length];
        for (var flat = 0L; ; flat++)
        {
            yield return (flat, index);
            var axis = shape.Length - 1;
            while (axis >= 0 && ++index[axis] == shape[axis]) index[axis--] = 0;
            if (axis < 0) yield break;
        }
    }

    // Where an index of a view's output lies in its input; -1 when a guard fails.
    sealed class Place
    {
        readonly (long Offset, EquatableArray<AxisTerm> Terms, int Divisor, int Size, long Stride)[] _axes;

        public Place(ImmutableArray<AxisForm> forms, Tensor input, int rank, DimBinding binding)
        {
            var strides = input.Strides();
            _axes = [.. forms.Select((form, axis) => (binding.Evaluate(form.Offset), form.Terms, form.Divisor, input.Shape[axis], strides[axis]))];
        }

        public long At(int[] index)
        {
            var flat = 0L;
            foreach (var (offset, terms, divisor, size, stride) in _axes)
            {
                var at = offset;
                foreach (var (axis, step) in terms) at += (long)index[axis] * step;
                if (at % divisor != 0 || at < 0 || at / divisor >= size) return -1;
                flat += at / divisor * stride;
            }
            return flat;
        }
    }
}
