using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// Where an output element of a view comes from along one axis of the input:
/// <c>index = (Offset + Σ Stride·output[Axis]) / Divisor</c>. With <paramref name="IsGuarded"/> an index outside of the input, or one that
/// does not divide, reads zero.
/// </summary>
public sealed record AxisForm(Dim Offset, EquatableArray<AxisTerm> Terms, int Divisor = 1, bool IsGuarded = false)
{
    /// <summary>The same index as that of one output axis.</summary>
    public static AxisForm Of(int axis, int stride = 1) => new(Dim.Zero, [new AxisTerm(axis, stride)]);

    /// <summary>The index zero.</summary>
    public static AxisForm Zero { get; } = new(Dim.Zero, []);
}

/// <summary>One output axis and the factor of its index.</summary>
public sealed record AxisTerm(int Axis, int Stride);

/// <summary>An op that computes nothing: it says for each element of its output which element of its input that is. Views vanish into strides.</summary>
public abstract record ViewOp : Op
{
    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Joint;

    /// <summary>For each axis of the input, which index an element of the output reads. Null when it is the same element counted in row-major order.</summary>
    public abstract ImmutableArray<AxisForm>? Forms(Shape input, Shape output);

    /// <inheritdoc/>
    public sealed override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [TransposeView(inputs[0], cotangent)];

    /// <summary>The cotangent of the input from that of the output.</summary>
    protected abstract Expr TransposeView(Expr input, Expr cotangent);
}
