using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// What a node computes, with all its rules: the type of the result, the derivative, what it means and how it is lowered (which of the five
/// shapes, see the derived records). An op is a record of its parameters; equal parameters are equal ops.
/// </summary>
public abstract record Op
{
    /// <summary>The name in messages and printed graphs, in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>How the output depends on its inputs, as far as derivatives are concerned.</summary>
    public virtual Linearity Linearity => Linearity.None;

    /// <summary>
    /// The type of the result. Throws <see cref="ShapeException"/> or <see cref="DTypeException"/> when the inputs do not fit; sizes that
    /// must agree and cannot be compared yet are noted in <paramref name="guards"/>.
    /// </summary>
    public abstract TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards);

    /// <summary>The node of this op on <paramref name="inputs"/>: the same object whenever op and inputs are the same.</summary>
    public Expr On(params ReadOnlySpan<Expr> inputs) => Interner.Node(this, inputs);

    /// <summary>
    /// The derivative of <paramref name="output"/> along <paramref name="tangents"/> (null: zero), linear in them; null when it is zero.
    /// Ops that are linear need not override it.
    /// </summary>
    public virtual Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => Linearity switch
    {
        Linearity.Joint => JointJvp(inputs, tangents),
        Linearity.Multilinear => MultilinearJvp(inputs, tangents),
        _ => null,
    };

    /// <summary>
    /// For an op that is linear: the cotangents of those inputs for which <paramref name="wanted"/> says so, given the cotangent of the output.
    /// </summary>
    public virtual ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        throw new GradientException($"The op '{Name}' is not linear and cannot be transposed.");

    /// <summary>
    /// The cotangents of the wanted inputs, where a better formula than the transposed <see cref="Jvp"/> is known; default otherwise.
    /// </summary>
    public virtual ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => default;

    /// <summary>Small valid applications: the laws check every one of them, in every dtype of its leaves.</summary>
    public virtual IEnumerable<Expr> Samples => [];

    /// <summary>The name and the parameters, as printed graphs show them.</summary>
    protected virtual string Text => Name;

    /// <summary>The name and the parameters.</summary>
    public sealed override string ToString() => Text;

    Expr? JointJvp(ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents.All(t => t is null)) return null;
        return On([.. tangents.Select((t, i) => t ?? T.ZerosLike(inputs[i]))]);
    }

    Expr? MultilinearJvp(ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        Expr? sum = null;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (tangents[i] is not { } tangent) continue;
            var term = On(inputs.SetItem(i, tangent).AsSpan());
            sum = sum is null ? term : sum + term;
        }
        return sum;
    }
}

/// <summary>How an op depends on its floating-point inputs.</summary>
public enum Linearity
{
    /// <summary>Not linear.</summary>
    None,

    /// <summary>Linear in all inputs together: f(x + y) = f(x) + f(y).</summary>
    Joint,

    /// <summary>Linear in each input while the others are held.</summary>
    Multilinear,
}
