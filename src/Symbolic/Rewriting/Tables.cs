namespace DeepSym.Rewriting;

/// <summary>The tables that compilation uses, in the order in which it uses them.</summary>
static class Tables
{
    /// <summary>First: before constants are folded (<c>log(1 + exp(800))</c> is 800), and before a cost is differentiated.</summary>
    public static RuleSet Stabilize { get; } = [.. LogSumExp.Rules, .. Stability.Rules];

    /// <summary>All others together, to one fixpoint: each makes room for the others.</summary>
    public static RuleSet Simplify { get; } = [.. Folding.Rules, .. Movement.Rules, .. Loops.OfResults, .. Gathers.Rules, .. Algebra.Rules, .. Chains.Rules, .. Logic.Rules, .. Reductions.Rules, .. ArgReductions.Rules, .. Linear.Rules, .. Contractions.Rules];

    /// <summary>All tables with their names and what they are for.</summary>
    public static IReadOnlyList<(string Name, string About, RuleSet Rules)> All { get; } =
    [
        ("Stability", "Forms that overflow, cancel or lose a small part, replaced by ones that do not.", Stability.Rules),
        ("Log-sum-exp", "Sums of exponentials under a logarithm or a quotient: the largest exponent is taken off first.", LogSumExp.Rules),
        ("Folding", "What is known before the call is computed before the call.", Folding.Rules),
        ("Algebra", "Arithmetic that need not be done, and one way to write what can be written in several.", Algebra.Rules),
        ("Chains", "Long sums and products: their literals come together, and what cancels goes.", Chains.Rules),
        ("Logic", "Choices that are made, comparisons whose outcome is known.", Logic.Rules),
        ("Reductions", "Less to combine, and factors in front.", Reductions.Rules),
        ("Places of extrema", "The place of the largest element does not change under functions that keep the order.", ArgReductions.Rules),
        ("Movement", "Views of views as one view, and none where nothing moves.", Movement.Rules),
        ("Gathers", "Less to pick from, and no picking where the indices only count.", Gathers.Rules),
        ("Contractions", "Matrix products: operands are read where they lie, factors go outside, and what is no product of matrices becomes sums and multiplications.", Contractions.Rules),
        ("Results of loops", "What is taken from the trace of a loop.", Loops.OfResults),
        ("Linear algebra", "Inverses and determinants that need not be computed.", Linear.Rules),
    ];

    /// <summary>The expression in stable form: then its gradient is that of the stable form. The <paramref name="barriers"/> stay in it as they are.</summary>
    public static Expr Stable(Expr expr, IEnumerable<Expr> barriers)
    {
        using var own = Origins.Suspend();
        return Rewriter.Apply([expr], Stabilize, Numerics.Default, barriers)[0];
    }
}
