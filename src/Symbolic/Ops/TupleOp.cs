using System.Collections.Immutable;

namespace DeepSym;

/// <summary>An op with several results. Its node is a tuple; <see cref="Project"/> takes a result out of it, and all of them are computed together.</summary>
public abstract record TupleOp : Op
{
    /// <inheritdoc/>
    public sealed override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => TensorType.Tuple(InferParts(inputs, guards));

    /// <summary>The types of the results; throws and notes as <see cref="Op.Infer"/> does.</summary>
    public abstract IEnumerable<TensorType> InferParts(ReadOnlySpan<Expr> inputs, Guards guards);

    /// <summary>The functions that the op runs; none for most.</summary>
    internal virtual IReadOnlyList<Lambda> Bodies => [];

    /// <summary>The results of the op on <paramref name="inputs"/>, one expression each.</summary>
    public Expr[] PartsOn(params ReadOnlySpan<Expr> inputs) => Parts(On(inputs));

    /// <summary>The derivatives of the results along <paramref name="tangents"/> (null: zero), one for each result.</summary>
    public abstract ImmutableArray<Expr?> PartsJvp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents);

    /// <summary>The cotangents of the wanted inputs, given those of the results (null: zero).</summary>
    public abstract ImmutableArray<Expr?> PartsVjp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> cotangents, ImmutableArray<bool> wanted);

    /// <summary>The results of a tuple, one expression each.</summary>
    internal static Expr[] Parts(Expr tuple) => [.. Enumerable.Range(0, tuple.Type.Parts.Count).Select(i => new Project(i).On(tuple))];
}

/// <summary>One of the results of an op that has several.</summary>
public sealed record Project(int Index) : Op
{
    /// <inheritdoc/>
    public override string Name => "project";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type.Parts[Index];

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Scan.Examples.Select(tuple => new Project(1).On(tuple));

    /// <inheritdoc/>
    protected override string Text => $"result {Index} of";
}
