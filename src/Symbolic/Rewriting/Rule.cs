using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DeepSym.Rewriting;

/// <summary>What a rule promises of the numbers.</summary>
enum Promise
{
    /// <summary>Every bit stays.</summary>
    Exact,

    /// <summary>The result is closer to the mathematical one.</summary>
    MoreAccurate,

    /// <summary>Rounding happens in another order.</summary>
    Reassociates,

    /// <summary>The same for finite numbers; infinities and NaN may come out as if they were finite.</summary>
    AssumesFinite,
}

/// <summary>A named rewrite of one node. It gives null where it does not apply.</summary>
abstract record Rule(string Name, Promise Promise)
{
    /// <summary>The key of the nodes it can apply to: see <see cref="KeyOf"/>.</summary>
    public abstract IEnumerable<object> Heads { get; }

    /// <summary>The replacement, of the same type, or null.</summary>
    public abstract Expr? Apply(Expr node);

    /// <summary>Rules are looked up by the scalar function of a map, and by the class of any other op.</summary>
    public static object KeyOf(Op op) => op is Map map ? map.Function : op.GetType();

    /// <summary>How the rule is listed.</summary>
    public abstract string Text { get; }
}

/// <summary>Two sides that are equal, written as expressions with holes; the left is replaced by the right.</summary>
sealed record Equation(string Name, Expr Left, Expr Right, Promise Promise, Func<ImmutableDictionary<Variable, Expr>, bool>? Where = null) : Rule(Name, Promise)
{
    public override IEnumerable<object> Heads => [KeyOf(Left.Op!)];

    public override Expr? Apply(Expr node) =>
        Pattern.Match(Left, node) is { } holes && (Where is null || Where(holes)) ? Pattern.Fill(Right, holes, node) : null;

    public override string Text => $"{Left} -> {Right}";
}

/// <summary>A rewrite that no pattern can say.</summary>
sealed record FunctionRule(string Name, Promise Promise, ImmutableArray<object> Keys, Func<Expr, Expr?> Rewrite) : Rule(Name, Promise)
{
    public override IEnumerable<object> Heads => Keys;

    public override Expr? Apply(Expr node) => Rewrite(node);

    public override string Text => "";
}

/// <summary>An ordered table of rules, indexed by the head of the node they apply to.</summary>
[CollectionBuilder(typeof(RuleSet), nameof(Create))]
sealed class RuleSet : IEnumerable<Rule>
{
    readonly ImmutableArray<Rule> _rules;
    readonly Dictionary<object, List<Rule>> _byHead = [];

    RuleSet(ReadOnlySpan<Rule> rules)
    {
        _rules = [.. rules];
        foreach (var rule in rules)
            foreach (var head in rule.Heads)
            {
                if (!_byHead.TryGetValue(head, out var list)) _byHead[head] = list = [];
                list.Add(rule);
            }
    }

    public static RuleSet Create(ReadOnlySpan<Rule> rules) => new(rules);

    /// <summary>The rules that can apply to an op, in the order of the table.</summary>
    public IReadOnlyList<Rule> For(Op op) => _byHead.TryGetValue(Rule.KeyOf(op), out var rules) ? rules : [];

    public IEnumerator<Rule> GetEnumerator() => ((IEnumerable<Rule>)_rules).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
