using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>
/// A node of the graph: an op, its inputs and the type of what it computes. Immutable and interned: equal structure is the same object,
/// so expressions are compared by reference. (Theano's Variable and Apply in one.)
/// </summary>
public abstract partial class Expr
{
    static long _created;
    static readonly ConditionalWeakTable<Expr, string> GivenNames = [];

    private protected Expr() { }

    /// <summary>The element type and shape.</summary>
    public abstract TensorType Type { get; }

    /// <summary>What the node computes from its inputs; null for a leaf.</summary>
    public abstract Op? Op { get; }

    /// <summary>What the op is applied to; empty for a leaf.</summary>
    public abstract ImmutableArray<Expr> Inputs { get; }

    /// <summary>Whether the dtype is only a default, so that the expression takes that of whatever it meets: literals, and what is computed from them alone.</summary>
    public abstract bool IsWeak { get; }

    /// <summary>A number that no other expression of the process has; later ones are larger.</summary>
    public long Identity { get; } = Interlocked.Increment(ref _created);

    /// <summary>The element type.</summary>
    public DType DType => Type.DType;

    /// <summary>The shape: the rank is known, sizes may be symbolic.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => Type.Rank;

    /// <summary>The name given to a leaf when it was made, or to any expression by <see cref="Named"/>; null when there is none.</summary>
    public virtual string? Name => GivenNames.TryGetValue(this, out var name) ? name : null;

    /// <summary>Gives the expression a name for messages and pictures, and returns it. The last name given holds.</summary>
    public Expr Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (this is Leaf) throw new ArgumentException($"{this} has had its name since it was made.", nameof(name));
        GivenNames.AddOrUpdate(this, name);
        return this;
    }

    /// <summary>The expression as text; shared parts are printed once, as <c>let</c> lines.</summary>
    public override string ToString() => ExprPrinter.Print(this);

    /// <summary>The axis counted from the start, for one that may be negative; an error that names the function when there is none.</summary>
    internal int Axis(int axis, string function) => axis >= -Rank && axis < Rank
        ? (axis + Rank) % Rank
        : throw new ShapeException($"{function}({Describe()}): axis {axis} is out of range: {(Rank == 0 ? "a scalar has no axes" : $"it must be from {-Rank} to {Rank - 1}")}.");

    /// <summary>The axes counted from the start, sorted; all of them when <paramref name="axes"/> is null.</summary>
    internal EquatableArray<int> Axes(IEnumerable<int>? axes, string function)
    {
        var sorted = (axes?.Select(axis => Axis(axis, function)) ?? Enumerable.Range(0, Rank)).Order().ToEquatable();
        return sorted.Distinct().Count() == sorted.Count ? sorted : throw new ShapeException($"{function}({Describe()}): an axis is named twice in {axes!.ToEquatable()}.");
    }

    /// <summary>For messages: the name or a short form, and the type.</summary>
    internal string Describe() => $"{(this is Constant ? null : Name) ?? ExprPrinter.Brief(this)}: {Type}";
}

/// <summary>An op applied to inputs.</summary>
sealed class Apply : Expr
{
    internal Apply(Op op, ImmutableArray<Expr> inputs, TensorType type)
    {
        (Op, Inputs, Type) = (op, inputs, type);
        IsWeak = inputs.Length > 0 && op is not Map { Function.Types: ScalarTypes.Conversion } && inputs.All(input => input.IsWeak);
    }

    public override TensorType Type { get; }

    public override Op Op { get; }

    public override ImmutableArray<Expr> Inputs { get; }

    public override bool IsWeak { get; }
}

/// <summary>An expression without inputs; one with a name, except for constants.</summary>
public abstract class Leaf : Expr
{
    // An axis whose size is not given has an atom of this very leaf as its size.
    private protected Leaf(string name, DType dtype, IReadOnlyList<Dim?> dims)
    {
        Name = name;
        Type = new TensorType(dtype, Shape.Of(dims.Select((dim, axis) => dim ?? Dim.Of(new AxisDim(this, axis)))));
        if (dims.Any(dim => dim is { IsStatic: true, Constant: < 0 }))
            throw new ShapeException($"'{name}' is declared {Type}: sizes are 0 or more. Give null for a size that is not known.");
        if (this is not Constant) Origins.Note(this);
    }

    /// <inheritdoc/>
    public sealed override TensorType Type { get; }

    /// <inheritdoc/>
    public sealed override string Name { get; }

    /// <inheritdoc/>
    public sealed override Op? Op => null;

    /// <inheritdoc/>
    public sealed override ImmutableArray<Expr> Inputs => [];

    /// <inheritdoc/>
    public override bool IsWeak => false;
}
