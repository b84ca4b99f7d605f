using System.Collections.Immutable;

namespace DeepSym.Rewriting;

/// <summary>
/// Matching of expressions with holes. Patterns are scalar: they match under broadcasting, because what is merely repeated along leading axes is
/// looked through, and the right side broadcasts again where it is rebuilt.
/// </summary>
static class Pattern
{
    /// <summary>The holes: each stands for any expression, the same wherever it occurs.</summary>
    public static readonly Variable X = Hole("x"), Y = Hole("y"), Z = Hole("z");

    /// <summary>A hole for a condition.</summary>
    public static readonly Variable C = new("c", DType.Bool, []);

    static Variable Hole(string name) => new(name, DType.Float64, []);

    /// <summary>What the holes stand for when the pattern matches, else null.</summary>
    public static ImmutableDictionary<Variable, Expr>? Match(Expr pattern, Expr expr) => Match(pattern, expr, ImmutableDictionary<Variable, Expr>.Empty);

    // As deep as patterns are, which are written by hand.
    static ImmutableDictionary<Variable, Expr>? Match(Expr pattern, Expr expr, ImmutableDictionary<Variable, Expr> holes)
    {
        expr = Unrepeated(expr);
        switch (pattern)
        {
            case Variable hole:
                if (holes.TryGetValue(hole, out var known)) return ReferenceEquals(known, expr) ? holes : null;
                return hole.DType == DType.Bool != (expr.DType == DType.Bool) ? null : holes.Add(hole, expr);
            case Constant literal:
                return expr is Constant { Rank: 0 } constant && constant.DType != DType.Bool && constant.Value.ToScalar<double>().Equals(literal.Value.ToScalar<double>()) ? holes : null;
        }
        if (pattern.Op is Map { Function.Types: ScalarTypes.Conversion } && expr.Op is not Map { Function.Types: ScalarTypes.Conversion }) return Match(pattern.Inputs[0], expr, holes);
        if (pattern.Op is not Map wanted || expr.Op is not Map found || found.Function != wanted.Function) return null;
        var matched = MatchAll(pattern.Inputs, expr.Inputs, holes);
        if (matched is null && wanted.Function is { IsCommutative: true, Arity: 2 })
            matched = MatchAll(pattern.Inputs, [expr.Inputs[1], expr.Inputs[0]], holes);
        return matched;
    }

    static ImmutableDictionary<Variable, Expr>? MatchAll(ImmutableArray<Expr> patterns, ImmutableArray<Expr> exprs, ImmutableDictionary<Variable, Expr> holes)
    {
        ImmutableDictionary<Variable, Expr>? matched = holes;
        for (var i = 0; i < patterns.Length && matched is not null; i++) matched = Match(patterns[i], exprs[i], matched);
        return matched;
    }

    /// <summary>The expression below a repetition that broadcasting would make again: axes aligned at the last one.</summary>
    public static Expr Unrepeated(Expr expr)
    {
        while (expr.Op is BroadcastTo broadcast && broadcast.Axes.SequenceEqual(Enumerable.Range(broadcast.Target.Rank - broadcast.Axes.Count, broadcast.Axes.Count)))
            expr = expr.Inputs[0];
        return expr;
    }

    /// <summary>The right side with its holes filled, in the dtype and shape of the node that it replaces.</summary>
    public static Expr Fill(Expr pattern, ImmutableDictionary<Variable, Expr> holes, Expr node)
    {
        var filled = new Dictionary<Expr, Expr>();
        foreach (var part in Traversal.Topological([pattern]))
            filled[part] = part switch
            {
                Variable hole => holes[hole],
                Constant literal => Interner.Constant(literal.Value, isWeak: true),
                { Op: Map { Function.Types: ScalarTypes.Conversion } } => filled[part.Inputs[0]],
                _ => ((Map)part.Op!).Function.Lift([.. part.Inputs.Select(input => filled[input])]),
            };
        return Like(filled[pattern], node);
    }

    /// <summary>An expression in the dtype and shape of another that it equals.</summary>
    public static Expr Like(Expr expr, Expr node)
    {
        var cast = T.Cast(expr, node.DType);
        return cast.Shape == node.Shape ? cast : Broadcasting.To(cast, node.Shape);
    }
}
