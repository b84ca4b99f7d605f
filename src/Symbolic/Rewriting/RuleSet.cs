using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DeepSym.Rewriting;

/// <summary>An ordered table of rules, indexed by the head of the node they apply to: of those that apply, the first one is taken.</summary>
[CollectionBuilder(typeof(RuleSet), nameof(Create))]
sealed class RuleSet : IEnumerable<Rule>
{
    readonly ImmutableArray<Rule> _rules;
    readonly ConcurrentDictionary<object, Rule[]> _byHead = [];

    RuleSet(ReadOnlySpan<Rule> rules) => _rules = [.. rules];

    public static RuleSet Create(ReadOnlySpan<Rule> rules) => new(rules);

    /// <summary>The rules that can apply to an op, in the order of the table.</summary>
    public Rule[] For(Op op) => _byHead.GetOrAdd(Rule.KeyOf(op), key => [.. _rules.Where(rule => rule.Heads.Any(head => head.Equals(key) || key is ScalarFunction && head.Equals(typeof(Map))))]);

    public IEnumerator<Rule> GetEnumerator() => ((IEnumerable<Rule>)_rules).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
