using System.Collections.Immutable;

namespace DeepSym.Rewriting;

/// <summary>
/// Matching of expressions with holes. Scalar functions commute with every op that only moves elements, so that a pattern, which is about scalars, matches
/// tensors, and looks through broadcasts, transposes, reshapes, slices and gathers between its functions.
/// </summary>
static class Pattern
{
    /// <summary>What the holes stand for when the pattern is the expression, else null.</summary>
    public static Holes? Match(Expr pattern, Expr expr) => HeadOf(expr) == HeadOf(pattern) ? Solve(new Goal(pattern, expr, null), Holes.None) : null;

    /// <summary>The pattern with its holes filled; arguments are promoted and broadcast anew, and literals take the dtype of what they meet.</summary>
    public static Expr Fill(Expr pattern, Holes holes) => pattern switch
    {
        Variable hole => holes[hole],
        Constant literal => Literals.Weak(literal),
        { Op: Map { Function.Types: ScalarTypes.Conversion } } => Fill(pattern.Inputs[0], holes),
        _ => HeadOf(pattern)!.Lift([.. pattern.Inputs.Select(part => Fill(part, holes))]),
    };

    /// <summary>The expression below a repetition that broadcasting would make again: axes aligned at the last one.</summary>
    public static Expr Unrepeated(Expr expr)
    {
        while (expr.Op is BroadcastTo(var target, var axes) && (axes.Count == 0 || axes[0] == target.Rank - axes.Count) && Views.IsPlain(expr)) expr = expr.Inputs[0];
        return expr;
    }

    // What is left to match: all of it must hold at once. Patterns are small, so that the recursion is shallow.
    sealed record Goal(Expr Pattern, Expr Expr, Goal? Rest);

    static Holes? Solve(Goal? goal, Holes found)
    {
        if (goal is not var (pattern, expr, rest)) return found;
        if (pattern is Constant literal) return Literals.Are(expr, literal) ? Solve(rest, found) : null;
        expr = Unrepeated(expr);
        if (pattern is Variable hole)
        {
            if (Hole.Taken(hole, expr) is not { } taken) return null;
            return found.Find(hole) is not { } known ? Solve(rest, found.With(hole, taken)) : ReferenceEquals(known, taken) ? Solve(rest, found) : null;
        }
        if (Arguments(expr, HeadOf(pattern)!) is not { } arguments) return null;
        var parts = pattern.Inputs;
        if (CanBe(parts, arguments, isSwapped: false))
        {
            var goals = rest;
            for (var i = parts.Length - 1; i >= 0; i--) goals = new Goal(parts[i], arguments[i], goals);
            if (Solve(goals, found) is { } solved) return solved;
        }
        return HeadOf(pattern) is { IsCommutative: true, Arity: 2 } && CanBe(parts, arguments, isSwapped: true)
            ? Solve(new Goal(parts[0], arguments[1], new Goal(parts[1], arguments[0], rest)), found)
            : null;
    }

    // Whether the heads fit: most matches end here.
    static bool CanBe(ImmutableArray<Expr> parts, ImmutableArray<Expr> arguments, bool isSwapped)
    {
        for (var i = 0; i < parts.Length; i++)
            if (HeadOf(parts[i]) is { } head && HeadOf(Unmoved(arguments[isSwapped ? 1 - i : i])) != head) return false;
        return true;
    }

    static ScalarFunction? HeadOf(Expr expr) => (expr.Op as Map)?.Function;

    static Expr Unmoved(Expr expr)
    {
        while (expr.Op is { } op && Views.Moves(op)) expr = expr.Inputs[0];
        return expr;
    }

    // The arguments when the expression is the function, possibly behind ops that move elements: those then move the arguments.
    static ImmutableArray<Expr>? Arguments(Expr expr, ScalarFunction function)
    {
        var below = Unmoved(expr);
        if (HeadOf(below) != function) return null;
        if (below == expr) return below.Inputs;
        var movers = new Stack<Expr>();
        for (var mover = expr; mover != below; mover = mover.Inputs[0]) movers.Push(mover);
        var arguments = below.Inputs.ToArray();
        foreach (var mover in movers)
            for (var i = 0; i < arguments.Length; i++) arguments[i] = Views.Moved(mover, arguments[i]);
        return [.. arguments];
    }
}
