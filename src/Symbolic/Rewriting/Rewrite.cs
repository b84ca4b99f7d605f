using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>A rewrite of one's own, applied with <see cref="T.Rewrite(Expr, ReadOnlySpan{Rewrite})"/>. (Theano: <c>PatternSub</c>, <c>local_optimizer</c>.)</summary>
public sealed class Rewrite
{
    Rewrite(Rule rule) => Rule = rule;

    internal Rule Rule { get; }

    /// <summary>The name in messages.</summary>
    public string Name => Rule.Name;

    /// <summary>
    /// Wherever the left side stands, the right side takes its place. Both are elementwise functions of scalar variables and literals; a variable stands for any
    /// expression of any shape, truth values where it is one, and the same variable for the same expression.
    /// </summary>
    /// <exception cref="ArgumentException">A side is something else, or the right one has a variable that the left one has not.</exception>
    public static Rewrite Of(string name, Expr left, Expr right)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Op is not Map) throw new ArgumentException($"The left side of '{name}' is {left.Describe()}; it must be an elementwise function. For other ops use Rewrite.Of<TOp>.", nameof(left));
        if (Traversal.Topological(left, right).FirstOrDefault(e => e is not { Op: Map } and not Variable { Rank: 0 } and not Constant { Rank: 0 }) is { } other)
            throw new ArgumentException($"'{name}' has {other.Describe()} in it; its sides are elementwise functions of scalar variables and literals.", nameof(left));
        if (Traversal.Leaves(right).OfType<Variable>().Except(Traversal.Leaves(left).OfType<Variable>()).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"The right side of '{name}' has a variable '{unknown.Name}' that the left one has not.", nameof(right));
        return new Rewrite(new Equation(name, left, right, Promise.Exact));
    }

    /// <summary>What a function gives for a node of an op (of every elementwise function, for <see cref="Map"/>) takes its place; null leaves it. It has the dtype and shape of the node.</summary>
    public static Rewrite Of<TOp>(string name, Func<Expr, Expr?> rewrite) where TOp : Op
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(rewrite);
        return new Rewrite(new FunctionRule(name, name, Promise.Exact, [typeof(TOp)], rewrite, _ => []));
    }
}

public static partial class T
{
    /// <summary>The expression with rewrites of one's own applied, until none of them applies any more.</summary>
    /// <exception cref="CompileException">A rewrite changes a type, or rewrites chase each other: the message names them.</exception>
    public static Expr Rewrite(Expr expr, params ReadOnlySpan<Rewrite> rewrites) => Rewrite([expr], rewrites)[0];

    /// <summary>The expressions with rewrites of one's own applied, until none of them applies any more.</summary>
    /// <exception cref="CompileException">A rewrite changes a type, or rewrites chase each other: the message names them.</exception>
    public static IReadOnlyList<Expr> Rewrite(IReadOnlyList<Expr> exprs, params ReadOnlySpan<Rewrite> rewrites)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        var rules = new Rule[rewrites.Length];
        for (var i = 0; i < rules.Length; i++) rules[i] = rewrites[i].Rule;
        return Rewriter.Apply(exprs, RuleSet.Create(rules), Numerics.Default);
    }
}
