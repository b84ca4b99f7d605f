namespace DeepSym.Rewriting;

/// <summary>The tables that compilation uses, in the order in which it uses them.</summary>
static class Tables
{
    /// <summary>Views and arithmetic together, to one fixpoint: each makes room for the other.</summary>
    public static RuleSet Simplify { get; } = RuleSet.Create([.. Movement.Rules, .. Loops.OfResults, .. Algebra.Rules]);

    /// <summary>All tables with their names.</summary>
    public static IReadOnlyList<(string Name, RuleSet Rules)> All { get; } = [("Stability", Stability.Rules), ("Movement", Movement.Rules), ("Algebra", Algebra.Rules)];
}
