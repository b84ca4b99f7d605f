namespace DeepSym.Rewriting;

/// <summary>
/// The variables of equations. Patterns are written about scalars; a hole matches an expression of any shape, and the same hole the same expression.
/// </summary>
static class Hole
{
    /// <summary>Any numbers.</summary>
    public static readonly Variable X = T.DScalar("x"), Y = T.DScalar("y"), Z = T.DScalar("z");

    /// <summary>Anything, truth values too.</summary>
    public static readonly Variable A = T.DScalar("a"), B = T.DScalar("b");

    /// <summary>Literals: constants that are one number everywhere.</summary>
    public static readonly Variable C = T.DScalar("c"), D = T.DScalar("d");

    /// <summary>Truth values.</summary>
    public static readonly Variable P = T.BScalar("p"), Q = T.BScalar("q");

    /// <summary>What the hole holds when it takes the expression: the literal for a hole for literals; null when it does not take it.</summary>
    public static Expr? Taken(Variable hole, Expr expr) =>
        hole == C || hole == D ? Literals.Of(expr) is { DType: not DType.Bool } literal ? literal : null
        : hole == A || hole == B || expr.DType == DType.Bool == (hole.DType == DType.Bool) ? expr : null;
}

/// <summary>What holes stand for: a short list that grows at its front, so that a match can go back.</summary>
sealed class Holes
{
    readonly Variable? _hole;
    readonly Expr? _expr;
    readonly Holes? _rest;

    Holes(Variable? hole, Expr? expr, Holes? rest) => (_hole, _expr, _rest) = (hole, expr, rest);

    public static Holes None { get; } = new(null, null, null);

    /// <summary>What a hole that occurs in the pattern stands for.</summary>
    public Expr this[Variable hole] => Find(hole) ?? throw new ArgumentException($"The pattern has no hole {hole}.", nameof(hole));

    public Holes With(Variable hole, Expr expr) => new(hole, expr, this);

    public Expr? Find(Variable hole)
    {
        for (var at = this; at is not null; at = at._rest)
            if (ReferenceEquals(at._hole, hole)) return at._expr;
        return null;
    }
}
