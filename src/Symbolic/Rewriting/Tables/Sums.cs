using static DeepSym.Rewriting.Hole;

namespace DeepSym.Rewriting;

/// <summary>Sums and products of several terms, whatever the order and the brackets: what equations of two terms cannot see.</summary>
static class Sums
{
    const int MostTerms = 32;

    static readonly object Addition = Rule.KeyOf(X + Y), Subtraction = Rule.KeyOf(X - Y), Negation = Rule.KeyOf(-X), Multiplication = Rule.KeyOf(X * Y);
    static readonly Expr Exponential = T.Exp(X), Sigmoid = T.Sigmoid(X), Negative = -X;

    /// <summary>What an exponential, possibly repeated, is the exponential of; null for others.</summary>
    public static Expr? ExponentOf(Expr expr)
    {
        var movers = new Stack<Expr>();
        for (; expr.Op is { } op && Views.Moves(op); expr = expr.Inputs[0]) movers.Push(expr);
        return expr is { Op: Map { Function.Name: "exp" }, Inputs: [var x] } ? movers.Aggregate(x, (moved, mover) => Views.Moved(mover, moved)) : null;
    }

    /// <summary>A term and its sign.</summary>
    public sealed record SumTerm(Expr Term, bool IsNegative);

    /// <summary>The terms of a sum with their signs; null when there are too many.</summary>
    public static List<SumTerm>? TermsOf(Expr sum)
    {
        var terms = new List<SumTerm>();
        var pending = new Stack<SumTerm>();
        pending.Push(new SumTerm(sum, IsNegative: false));
        while (pending.TryPop(out var next))
        {
            var (term, isNegative) = next;
            var key = term.Op is null ? null : Rule.KeyOf(term.Op);
            if (key == Addition || key == Subtraction)
            {
                pending.Push(new SumTerm(term.Inputs[1], isNegative ^ key == Subtraction));
                pending.Push(new SumTerm(term.Inputs[0], isNegative));
            }
            else if (key == Negation) pending.Push(new SumTerm(term.Inputs[0], !isNegative));
            else terms.Add(next);
            if (terms.Count + pending.Count > MostTerms) return null;
        }
        return terms;
    }

    /// <summary>log of a sum whose literals sum to 1, as log1p of the rest.</summary>
    public static Expr? LogOfOnePlus(Expr log)
    {
        var key = log.Inputs[0].Op is { } op ? Rule.KeyOf(op) : null;
        if (key != Addition && key != Subtraction || TermsOf(log.Inputs[0]) is not { } terms) return null;
        var literals = terms.Where(t => Literals.Of(t.Term) is not null).ToList();
        if (literals.Count == 0 || literals.Count == terms.Count) return null;
        if (literals.Sum(t => (t.IsNegative ? -1 : 1) * Literals.Number(Literals.Of(t.Term)!)) != 1) return null;
        Expr? rest = null;
        foreach (var (term, isNegative) in terms.Where(t => Literals.Of(t.Term) is null))
            rest = rest is null ? (isNegative ? -term : term) : isNegative ? rest - term : rest + term;
        return T.Log1p(rest!);
    }

    /// <summary>A product with exp(x) and sigmoid(-x) among its factors, with sigmoid(x) in the place of the two.</summary>
    public static Expr? ExpTimesSigmoid(Expr product)
    {
        var (factors, isNegative) = FactorsOf(product);
        foreach (var exponential in factors)
        {
            if (Pattern.Match(Exponential, exponential)?[X] is not { } x) continue;
            foreach (var sigmoid in factors)
                if (Pattern.Match(Sigmoid, sigmoid)?[X] is { } y && (Pattern.Match(Negative, y)?[X] == x || Pattern.Match(Negative, x)?[X] == y))
                {
                    var rest = factors.Where(f => f != exponential && f != sigmoid).Aggregate(T.Sigmoid(x), (p, f) => p * f);
                    return isNegative ? -rest : rest;
                }
        }
        return null;
    }

    // The factors without their signs, and whether the signs make the product negative.
    static (List<Expr> Factors, bool IsNegative) FactorsOf(Expr product)
    {
        var factors = new List<Expr>();
        var isNegative = false;
        var pending = new Stack<Expr>([product]);
        while (pending.TryPop(out var next))
        {
            var key = next.Op is { } op ? Rule.KeyOf(op) : null;
            if (key == Multiplication && factors.Count + pending.Count < MostTerms)
            {
                pending.Push(next.Inputs[1]);
                pending.Push(next.Inputs[0]);
            }
            else if (key == Negation)
            {
                isNegative = !isNegative;
                pending.Push(next.Inputs[0]);
            }
            else factors.Add(next);
        }
        return (factors, isNegative);
    }
}
