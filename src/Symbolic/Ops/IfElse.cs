using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// The second input where the first, a truth value, holds, else the third. Lazy: what only the branch that is not taken needs is not computed.
/// </summary>
public sealed record IfElse : Op
{
    /// <inheritdoc/>
    public override string Name => "if_else";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var (condition, then, otherwise) = (inputs[0], inputs[1], inputs[2]);
        if (condition.DType != DType.Bool || condition.Rank != 0) throw new DTypeException($"if_else({condition.Describe()}, ...): the condition must be one truth value. T.Switch chooses element by element.");
        if (then.DType != otherwise.DType) throw new DTypeException(Message(then, otherwise));
        if (then.Rank != otherwise.Rank) throw new ShapeException(Message(then, otherwise));
        var shape = new Dim[then.Rank];
        for (var axis = 0; axis < shape.Length; axis++) shape[axis] = guards.Equal(then.Shape[axis], otherwise.Shape[axis], () => Message(then, otherwise));
        return then.Type with { Shape = Shape.Create(shape) };
    }

    static string Message(Expr then, Expr otherwise) => $"if_else: both branches must have one type, and are {then.Describe()} and {otherwise.Describe()}.";

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => tangents[1] is null && tangents[2] is null
        ? null
        : On(inputs[0], tangents[1] ?? T.ZerosLike(inputs[1]), tangents[2] ?? T.ZerosLike(inputs[2]));

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [null, wanted[1] ? On(inputs[0], cotangent, T.ZerosLike(cotangent)) : null, wanted[2] ? On(inputs[0], T.ZerosLike(cotangent), cotangent) : null];

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).SelectMany(x => new[] { On(T.Constant(Tensor.Scalar(true)), T.Sin(x), x), On(T.Constant(Tensor.Scalar(false)), T.Sin(x), x) });
}

public static partial class T
{
    /// <summary>
    /// <paramref name="then"/> if the condition holds (a truth value, or a number that is not 0), else <paramref name="otherwise"/>; only one of them is computed.
    /// (Theano: <c>ifelse</c>. <see cref="Switch"/> chooses element by element, and computes both.)
    /// </summary>
    /// <exception cref="ShapeException">The branches differ in shape.</exception>
    public static Expr IfElse(Expr condition, Expr then, Expr otherwise)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(otherwise);
        var dtype = Promotion.Common(then, otherwise);
        return new IfElse().On(condition.DType == DType.Bool ? condition : Neq(condition, 0), Cast(then, dtype), Cast(otherwise, dtype));
    }

    /// <summary>As <see cref="IfElse(Expr, Expr, Expr)"/>, for several results of which all are of one branch.</summary>
    /// <exception cref="ArgumentException">The branches give different numbers of results.</exception>
    public static Expr[] IfElse(Expr condition, IReadOnlyList<Expr> then, IReadOnlyList<Expr> otherwise)
    {
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(otherwise);
        if (then.Count != otherwise.Count) throw new ArgumentException($"if_else: the branches give {then.Count} and {otherwise.Count} results.", nameof(otherwise));
        return [.. then.Select((value, i) => IfElse(condition, value, otherwise[i]))];
    }
}
