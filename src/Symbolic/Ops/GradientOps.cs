using System.Collections.Immutable;

namespace DeepSym;

/// <summary>An op that is the identity for values, and something else for derivatives: it vanishes before code is made.</summary>
public abstract record GradientOp : ViewOp
{
    /// <inheritdoc/>
    public sealed override Linearity Linearity => Linearity.None;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type;

    /// <inheritdoc/>
    public sealed override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) => [.. Enumerable.Range(0, input.Rank).Select(axis => AxisForm.Of(axis))];

    /// <inheritdoc/>
    public abstract override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted);

    /// <inheritdoc/>
    protected sealed override Expr TransposeView(Expr input, Expr cotangent) => throw new GradientException($"'{Name}' is no linear op.");
}

/// <summary>The identity; derivatives, forward and backward, are multiplied by <paramref name="Factor"/>.</summary>
public sealed record GradientScale(double Factor) : GradientOp
{
    /// <inheritdoc/>
    public override string Name => "grad_scale";

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => tangents[0] is { } tangent ? tangent * Factor : null;

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => [cotangent * Factor];

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).Select(x => T.GradScale(x, -0.5));

    /// <inheritdoc/>
    protected override string Text => $"{Name} {Factor}";
}

/// <summary>The identity; a gradient that comes back is cut to <c>[Low, High]</c>. Forward derivatives stay as they are.</summary>
public sealed record GradientClip(double Low, double High) : GradientOp
{
    /// <inheritdoc/>
    public override string Name => "grad_clip";

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => tangents[0];

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => [T.Clip(cotangent, Low, High)];

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).Select(x => T.GradClip(x, -2, 3));

    /// <inheritdoc/>
    protected override string Text => $"{Name} {Low} to {High}";
}

/// <summary>
/// The first input, with its derivative in the others given by a function of <paramref name="Originals"/>: see <see cref="T.WithGradient"/>. Where others have taken
/// their place since, in a loop or by substitution, they do so in what the function gives.
/// </summary>
public sealed record GradientOverride(Func<Expr, IReadOnlyList<Expr?>> Gradient, EquatableArray<Expr> Originals) : GradientOp
{
    /// <inheritdoc/>
    public override string Name => "with_gradient";

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        (Expr Replaced, Expr By)[] moved = [.. Originals.Zip(inputs.Skip(1)).Where(pair => pair.First != pair.Second)];
        var seed = moved.Length == 0 ? cotangent : new Variable("cotangent", cotangent.DType, [.. cotangent.Shape]);   // what it depends on stays
        var parts = Gradient(seed);
        if (parts.Count != inputs.Length - 1) throw new GradientException($"The gradient of {output.Describe()} must have a part for each of {inputs.Length - 1} inputs (null for zero), and has {parts.Count}.");
        for (var i = 0; i < parts.Count; i++)
            if (parts[i] is { } part && part.Rank != inputs[i + 1].Rank)
                throw new GradientException($"The gradient of {output.Describe()} in {inputs[i + 1].Describe()} must have its shape, and is {part.Type}.");
        return [null, .. parts.Select((part, i) => part is null ? null : T.Cast(moved.Length == 0 ? part : T.Substitute(part, [.. moved, (seed, cotangent)]), inputs[i + 1].DType))];
    }

    // The gradient is linear in the cotangent: transposed it leads forward.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        var cotangent = new Variable("cotangent", output.DType, [.. output.Shape]);
        var parts = Vjp(output, inputs, cotangent, [.. inputs.Select(_ => true)]);
        var seeds = parts.Zip(tangents).Where(p => p.First is not null && p.Second is not null).Select(p => (p.First!, p.Second!)).ToArray();
        if (Gradients.Reverse(seeds, [cotangent])[0] is not { } tangent) return null;
        return Traversal.Leaves(tangent).Contains(cotangent)
            ? throw new GradientException($"The gradient that was given for {output.Describe()} is not linear in the cotangent: it has no forward derivative.")
            : tangent;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).Select(x => T.WithGradient(T.Sin(x), [x], cotangent => [cotangent * T.Cos(x)]));
}

public static partial class T
{
    /// <summary>x, whose gradient is multiplied by a number. (0 makes it zero; -1 is gradient reversal.)</summary>
    public static Expr GradScale(Expr x, double factor) => new GradientScale(factor).On(x);

    /// <summary>x, whose gradient is cut to <c>[low, high]</c>, element by element.</summary>
    /// <exception cref="ArgumentException">The low end is above the high one.</exception>
    public static Expr GradClip(Expr x, double low, double high) =>
        low <= high ? new GradientClip(low, high).On(x) : throw new ArgumentException($"A gradient is cut to a range from low to high, and {low} is not at most {high}.", nameof(low));

    /// <summary>
    /// <paramref name="value"/>, an expression of <paramref name="inputs"/>, with a derivative of its own: <paramref name="gradient"/> gives for the cotangent of the value
    /// those of the inputs (null: zero). What else the value depends on is constant. (Theano: <c>lop_overrides</c>.)
    /// </summary>
    public static Expr WithGradient(Expr value, IReadOnlyList<Expr> inputs, Func<Expr, IReadOnlyList<Expr?>> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        return new GradientOverride(gradient, inputs.ToEquatable()).On([value, .. inputs]);
    }
}
