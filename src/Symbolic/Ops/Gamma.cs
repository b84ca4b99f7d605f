namespace DeepSym;

/// <content>The gamma function and what comes from it; the numbers are computed in <see cref="GammaNumbers"/>.</content>
public static partial class T
{
    static readonly ScalarFunction GammaFunction = new("gamma", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(GammaNumbers.Gamma), Cost = 100,
        Partials = [(x, y) => y * Digamma(x[0])],
        Domain = (0.3, 4),
    };

    static readonly ScalarFunction GammaLnFunction = new("gammaln", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(GammaNumbers.LogGamma), Cost = 100,
        Partials = [(x, _) => Digamma(x[0])],
        Domain = (0.3, 9),
    };

    static readonly ScalarFunction DigammaFunction = new("digamma", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(GammaNumbers.Digamma), Cost = 100,
        Partials = [(x, _) => Trigamma(x[0])],
        Domain = (0.5, 9),
    };

    static readonly ScalarFunction PolygammaFunction = new("polygamma", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(GammaNumbers.Polygamma), Cost = 100,
        Parameters = [0],
        Partials = [(_, _) => null, (x, _) => Polygamma(x[0] + 1, x[1])],
        Domain = (1, 9),
    };

    static readonly ScalarFunction GammaIncFunction = new("gammainc", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(IncompleteGamma.Lower), Cost = 200,
        Parameters = [0],
        Partials = [(_, _) => null, (x, _) => GammaDensity(x[0], x[1])],
        Domain = (0.5, 6),
    };

    static readonly ScalarFunction GammaIncCFunction = new("gammaincc", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(IncompleteGamma.Upper), Cost = 200,
        Parameters = [0],
        Partials = [(_, _) => null, (x, _) => -GammaDensity(x[0], x[1])],
        Domain = (0.5, 6),
    };

    /// <summary>The gamma function <c>∫ tˣ⁻¹ e⁻ᵗ dt</c>, elementwise, to 8 ulp; NaN at negative integers.</summary>
    public static Expr Gamma(Expr x) => GammaFunction.Lift(x);

    /// <summary><c>log |Γ(x)|</c>, elementwise, to 8 ulp for positive x, to 1e-14 for negative ones; ∞ at 0 and at negative integers.</summary>
    public static Expr GammaLn(Expr x) => GammaLnFunction.Lift(x);

    /// <summary>The derivative of <c>log Γ(x)</c>, elementwise, to 1e-14; NaN at negative integers. (Theano: <c>psi</c>.)</summary>
    public static Expr Digamma(Expr x) => DigammaFunction.Lift(x);

    /// <summary>The derivative of the digamma function, elementwise, to 16 ulp. (Theano: <c>tri_gamma</c>.)</summary>
    public static Expr Trigamma(Expr x) => Polygamma(1, x);

    /// <summary>The <paramref name="order"/>-th derivative of the digamma function, elementwise, to 16 ulp; for orders above 1 of positive x only, else NaN.</summary>
    public static Expr Polygamma(Expr order, Expr x) => PolygammaFunction.Lift(order, x);

    /// <summary>The regularised lower incomplete gamma function <c>P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt</c>, elementwise, to 1e-13. No derivative in <paramref name="a"/>.</summary>
    public static Expr GammaInc(Expr a, Expr x) => GammaIncFunction.Lift(a, x);

    /// <summary>The regularised upper incomplete gamma function <c>Q(a, x) = 1 - P(a, x)</c>, elementwise, to 1e-13. No derivative in <paramref name="a"/>.</summary>
    public static Expr GammaIncC(Expr a, Expr x) => GammaIncCFunction.Lift(a, x);

    /// <summary>The lower incomplete gamma function <c>P(a, x) Γ(a)</c>, elementwise. (Theano: <c>gammal</c>.)</summary>
    public static Expr LowerGamma(Expr a, Expr x) => GammaInc(a, x) * Gamma(a);

    /// <summary>The upper incomplete gamma function <c>Q(a, x) Γ(a)</c>, elementwise. (Theano: <c>gammau</c>.)</summary>
    public static Expr UpperGamma(Expr a, Expr x) => GammaIncC(a, x) * Gamma(a);

    /// <summary>The probability that a chi-squared variable with <paramref name="degrees"/> degrees of freedom exceeds x, elementwise. (Theano: <c>chi2sf</c>.)</summary>
    public static Expr ChiSquareSurvival(Expr x, Expr degrees) => GammaIncC(degrees * 0.5, x * 0.5);

    // xᵃ⁻¹ e⁻ˣ / Γ(a)
    static Expr GammaDensity(Expr a, Expr x) => Exp(XLogY(a - 1, x) - x - GammaLn(a));
}
