using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// A stored expression as a scalar program over the axes of its space: loads, and one scalar expression of them. For a reduction the space is
/// that of its input.
/// </summary>
sealed record Body(Expr Root, Shape Space, Expr Value, ImmutableArray<BodyLoad> Loads)
{
    /// <summary>The reduced axes; empty when the root is no reduction.</summary>
    public EquatableArray<int> Reduced => Root.Op is Reduce reduce ? reduce.Axes : [];

    /// <summary>The stored expressions and leaves that it reads.</summary>
    public IEnumerable<Expr> Sources => Loads.Where(l => l.Source is not null).Select(l => FusionGroup.Origin(l.Source!)).Distinct();
}

/// <summary>A value that a body loads: an element of a stored expression or leaf, or the index along an axis when <paramref name="Source"/> is null.</summary>
/// <param name="Target">The variable that stands for it in the value.</param>
/// <param name="Source">What is loaded from.</param>
/// <param name="Index">For each axis of the source the index, over the axes of the space.</param>
/// <param name="Guards">Conditions without which zero is loaded.</param>
/// <param name="Dynamic">Which axes of the source are read at the value of a scalar expression instead.</param>
sealed record BodyLoad(Variable Target, Expr? Source, EquatableArray<AxisForm> Index, EquatableArray<BodyGuard> Guards, EquatableArray<BodyIndex> Dynamic);

/// <summary>An index that must be at least zero and less than a limit.</summary>
sealed record BodyGuard(AxisForm Form, Dim Limit);

/// <summary>An axis that is read at a value.</summary>
sealed record BodyIndex(int Axis, Expr Value);

/// <summary>Writes a stored expression as a <see cref="Body"/>: views become indices, maps become one scalar expression.</summary>
sealed class BodyBuilder
{
    readonly Materialization _stored;
    readonly Dictionary<Element, Expr> _known = [];
    readonly List<BodyLoad> _loads = [];

    sealed record Element(Expr Of, EquatableArray<AxisForm> Index, EquatableArray<BodyGuard> Guards);

    BodyBuilder(Materialization stored) => _stored = stored;

    public static Body Build(Expr root, Materialization stored)
    {
        var builder = new BodyBuilder(stored);
        var inner = root.Op is Reduce or Fold ? root.Inputs[0] : root;
        var identity = inner.Shape.Select((dim, axis) => dim.IsOne ? AxisForm.Zero : AxisForm.Of(axis)).ToEquatable();
        var value = builder.Scalar(inner, identity, [], isRoot: ReferenceEquals(inner, root));
        return new Body(root, inner.Shape, value, [.. builder._loads]);
    }

    // The depth is that of one kernel, which Materialization bounds.
    Expr Scalar(Expr expr, EquatableArray<AxisForm> index, EquatableArray<BodyGuard> guards, bool isRoot = false)
    {
        var element = new Element(expr, index, guards);
        return _known.TryGetValue(element, out var known) ? known : _known[element] = Compute(expr, index, guards, isRoot);
    }

    Expr Compute(Expr expr, EquatableArray<AxisForm> index, EquatableArray<BodyGuard> guards, bool isRoot)
    {
        if (expr is Constant { Rank: 0 } && guards.Count == 0) return Literal(expr);
        if (expr is Leaf || (_stored.IsStored(expr) && !isRoot)) return Load(expr, index, guards, []);
        switch (expr.Op)
        {
            case Map { Function.Name: "shl" or "shr" } shift:
                return shift.On(Scalar(expr.Inputs[0], index, guards), AmountOf(expr.Inputs[1]));   // part of the instruction
            case Map map:
                return map.On([.. expr.Inputs.Select(input => Scalar(input, index, guards))]);
            case ViewOp view when view.Forms(expr.Inputs[0].Shape, expr.Shape) is { } forms:
                return Through(expr.Inputs[0], forms, index, guards);
            case Reshape:
                return Load(expr, index, guards, []);
            case Gather gather:
                return Picked(gather, expr, index, guards);
            case Iota iota:
                return IndexValue(index[iota.Axis]);
            case DimValue(var dim):
                return SizeValue(dim);
            default:
                throw new CompileException($"DeepSym broke an invariant: the op '{expr.Op}' reached a kernel. Please report this.");
        }
    }

    Expr Through(Expr input, ImmutableArray<AxisForm> forms, EquatableArray<AxisForm> index, EquatableArray<BodyGuard> guards)
    {
        var inner = new AxisForm[forms.Length];
        for (var axis = 0; axis < inner.Length; axis++)
        {
            var composed = Compose(forms[axis], index);
            if (forms[axis].IsGuarded) guards = [.. guards, new BodyGuard(composed, input.Shape[axis])];
            inner[axis] = composed;
        }
        return Scalar(input, inner.ToEquatable(), guards);
    }

    static AxisForm Compose(AxisForm form, EquatableArray<AxisForm> index)
    {
        var offset = form.Offset;
        var terms = new List<AxisTerm>();
        foreach (var (axis, stride) in form.Terms)
        {
            offset += index[axis].Offset * stride;
            foreach (var (own, step) in index[axis].Terms)
            {
                var at = terms.FindIndex(term => term.Axis == own);
                if (at < 0) terms.Add(new AxisTerm(own, step * stride));
                else terms[at] = new AxisTerm(own, terms[at].Stride + step * stride);
            }
        }
        terms.RemoveAll(term => term.Stride == 0);
        terms.Sort((left, right) => left.Axis.CompareTo(right.Axis));
        return new AxisForm(offset, terms.ToEquatable(), form.Divisor);
    }

    Variable Picked(Gather gather, Expr expr, EquatableArray<AxisForm> index, EquatableArray<BodyGuard> guards)
    {
        var source = expr.Inputs[0];
        var rank = expr.Inputs[1].Rank;
        var picked = index.Skip(gather.Position).Take(rank).ToEquatable();
        var rest = new Queue<AxisForm>(index.Take(gather.Position).Concat(index.Skip(gather.Position + rank)));
        var dynamic = gather.Axes.Select((axis, i) => new BodyIndex(axis, T.Cast(Scalar(expr.Inputs[i + 1], picked, []), DType.Int64))).ToEquatable();
        var own = Enumerable.Range(0, source.Rank).Select(axis => gather.Axes.Contains(axis) ? AxisForm.Zero : rest.Dequeue()).ToEquatable();
        return Load(source, own, guards, dynamic);
    }

    Expr IndexValue(AxisForm form)
    {
        Expr? sum = form.Offset == Dim.Zero ? null : form.Offset.IsStatic ? Strong(form.Offset.Constant) : SizeValue(form.Offset);
        foreach (var (axis, stride) in form.Terms)
        {
            Expr term = Load(null, [AxisForm.Of(axis)], [], []);
            if (stride != 1) term = T.Multiply(term, stride);
            sum = sum is null ? term : sum + term;
        }
        return sum ?? Strong(0);
    }

    Expr SizeValue(Dim dim) => dim.IsStatic ? Strong(dim.Constant) : Load(new DimValue(dim).On(), [], [], []);

    static Constant Strong(long value) => T.Constant(Tensor.Scalar(value));

    // Numbers with a meaning of their own are part of the code; any other is a parameter of the kernel.
    Expr Literal(Expr constant)
    {
        var value = ((Constant)constant).Value;
        return constant.DType == DType.Bool || value.ToScalar<double>() is 0 or 1 or -1 or 2 && !IsNegativeZero(value)
            ? T.Constant(value)
            : (Expr)Load(constant, [], [], []);
    }

    static Constant AmountOf(Expr amount)
    {
        while (amount.Op is BroadcastTo) amount = amount.Inputs[0];
        return amount as Constant ?? throw new CompileException("DeepSym broke an invariant: the amount of a shift is no constant. Please report this.");
    }

    static bool IsNegativeZero(Tensor value) => value.DType.IsFloating() && value.ToScalar<double>() == 0 && double.IsNegative(value.ToScalar<double>());

    Variable Load(Expr? source, EquatableArray<AxisForm> index, EquatableArray<BodyGuard> guards, EquatableArray<BodyIndex> dynamic)
    {
        foreach (var load in _loads)
            if (ReferenceEquals(load.Source, source) && load.Index == index && load.Guards == guards && load.Dynamic == dynamic) return load.Target;
        var target = new Variable("load" + _loads.Count, source?.DType ?? DType.Int64, []);
        _loads.Add(new BodyLoad(target, source, index, guards, dynamic));
        return target;
    }
}
