using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// A choice with its branches as bodies, as the compiler makes it of <see cref="IfElse"/>. Inputs: the condition, the captured values of the one branch, those of
/// the other. Results: those of the branch that is taken.
/// </summary>
sealed record Branch(Lambda Then, Lambda Else) : TupleOp
{
    public override string Name => "branch";

    internal override IReadOnlyList<Lambda> Bodies => [Then, Else];

    public override IEnumerable<TensorType> InferParts(ReadOnlySpan<Expr> inputs, Guards guards) => Then.Results.Select(r => r.Type);

    public override ImmutableArray<Expr?> PartsJvp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => throw NoDerivative();

    public override ImmutableArray<Expr?> PartsVjp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> cotangents, ImmutableArray<bool> wanted) => throw NoDerivative();

    static GradientException NoDerivative() => new("DeepSym broke an invariant: a compiled branch is differentiated. Please report this.");

    /// <summary>The body that is taken, and the place of its first argument among the inputs.</summary>
    public (Lambda Body, int First) Taken(bool condition) => condition ? (Then, 1) : (Else, 1 + Then.Parameters.Count);

    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).SelectMany(x => new[] { Example(true, x), Example(false, x) });

    static Expr Example(Expr condition, Expr x)
    {
        var inside = new Variable("inside", x.DType, [.. x.Shape]);
        var (then, otherwise) = (Lambda.Close([inside], [T.Sin(inside), inside[0]]).Body, Lambda.Close([inside], [inside * inside, inside[1]]).Body);
        return new Branch(then, otherwise).On(condition, x, x);
    }

    protected override string Text => $"branch({Then} | {Else})";
}
