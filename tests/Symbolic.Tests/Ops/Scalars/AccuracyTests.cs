using static DeepSym.Tests.Ops.Scalars.BigMath;

namespace DeepSym.Tests.Ops.Scalars;

/// <summary>Scalar functions against sums of their power series to hundreds of bits.</summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    static readonly Accuracy[] Claims =
    [
        new("exp", T.Exp, Exp, -87, 88, 1), new("exp", T.Exp, Exp, -708, 709.7, 1),
        new("exp2", T.Exp2, x => Exp(x * Ln2), -126, 127.9, 1), new("exp2", T.Exp2, x => Exp(x * Ln2), -1022, 1023.9, 1),
        new("expm1", T.Expm1, Expm1, -50, 88, 2), new("expm1", T.Expm1, Expm1, -1, 1, 2),
        new("log", T.Log, Log, 1e-30, 1e30, 1), new("log", T.Log, Log, 0.5, 2, 1),
        new("log2", T.Log2, x => Log(x) / Ln2, 1e-30, 1e30, 2), new("log2", T.Log2, x => Log(x) / Ln2, 0.5, 2, 2),
        new("log10", T.Log10, x => Log(x) / Log(10), 1e-30, 1e30, 2), new("log10", T.Log10, x => Log(x) / Log(10), 0.5, 2, 2),
        new("log1p", T.Log1p, Log1p, -0.999, 1e30, 2), new("log1p", T.Log1p, Log1p, -0.5, 1, 2),
        new("sin", T.Sin, Sin, -1e9, 1e9, 1), new("sin", T.Sin, Sin, -30, 30, 1), new("sin", T.Sin, Sin, -1e15, 1e15, 1),
        new("cos", T.Cos, Cos, -1e9, 1e9, 1), new("cos", T.Cos, Cos, -30, 30, 1), new("cos", T.Cos, Cos, -1e15, 1e15, 1),
        new("tan", T.Tan, Tan, -1e9, 1e9, 2), new("tan", T.Tan, Tan, -30, 30, 2), new("tan", T.Tan, Tan, -1e15, 1e15, 2),
        new("asin", T.Asin, Asin, -1, 1, 3), new("acos", T.Acos, Acos, -1, 1, 2), new("atan", T.Atan, Atan, -3, 3, 2), new("atan", T.Atan, Atan, -1e20, 1e20, 2),
        new("sinh", T.Sinh, Sinh, -80, 80, 3), new("sinh", T.Sinh, Sinh, -1, 1, 3), new("sinh", T.Sinh, Sinh, -710, 710, 3),
        new("cosh", T.Cosh, Cosh, -80, 80, 3), new("cosh", T.Cosh, Cosh, -1, 1, 3), new("cosh", T.Cosh, Cosh, -710, 710, 3),
        new("tanh", T.Tanh, Tanh, -20, 20, 3), new("tanh", T.Tanh, Tanh, -1, 1, 3),
        new("sigmoid", T.Sigmoid, Sigmoid, -87, 40, 3), new("sigmoid", T.Sigmoid, Sigmoid, -700, 800, 3),
        new("sigmoid of minus x", x => T.Sigmoid(-x), x => Sigmoid((BigReal)0 - x), -40, 87, 3), new("sigmoid of minus x", x => T.Sigmoid(-x), x => Sigmoid((BigReal)0 - x), -800, 700, 3),
        new("asinh", T.Asinh, Asinh, -1e30, 1e30, 3), new("asinh", T.Asinh, Asinh, -3, 3, 3),
        new("acosh", T.Acosh, Acosh, 1, 1e30, 3), new("acosh", T.Acosh, Acosh, 1, 3, 3),
        new("atanh", T.Atanh, Atanh, -0.9999, 0.9999, 3),
        new("2.5 ** x", x => T.Pow(2.5, x), x => Exp(x * Log(2.5)), -90, 90, 1), new("x ** 17.3", x => T.Pow(x, 17.3), x => Exp((BigReal)17.3 * Log(x)), 0.01, 100, 1, double.PositiveInfinity),
        new("1.0000001 ** x", x => T.Pow(1.0000001, x), x => Exp(x * Log(1.0000001)), -5e9, 5e9, 1, double.PositiveInfinity),
        new("erf", T.Erf, Erf, -6, 6, 4), new("erf", T.Erf, Erf, -1, 1, 4),
        new("erfc", T.Erfc, Erfc, -6, 9, 4), new("erfc", T.Erfc, Erfc, 0.1, 26, 4),
        new("erfcx", T.Erfcx, Erfcx, 0, 8, 6), new("erfcx", T.Erfcx, Erfcx, 0, 1e15, 6), new("erfcx", T.Erfcx, Erfcx, -9, 1, 6), new("log_erfc", T.LogErfc, x => Log(Erfc(x)), -3, 30, 6),
        new("erfinv", T.ErfInv, x => InverseErfc(ErfcInvDefinition)(1 - x), -0.999999, 0.999999, 4),
        new("erfcinv", T.ErfcInv, InverseErfc(ErfcInvDefinition), 1e-30, 1, 4), new("erfcinv", T.ErfcInv, InverseErfc(ErfcInvDefinition), 0.5, 1.999, 4),
    ];

    static BigReal Sigmoid(BigReal x) => (BigReal)1 / ((BigReal)1 + Exp((BigReal)0 - x));

    static double ErfcInvDefinition(double x) => ScalarFunctions.All.Single(f => f.Name == "erfcinv").Value([x], DType.Float64).Real;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Claims.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void A_function_is_as_accurate_as_it_says(int number)
    {
        var claim = Claims[number];
        foreach (var (dtype, allowed) in new[] { (DType.Float64, claim.Ulps), (DType.Float32, claim.SingleUlps ?? claim.Ulps) })
        {
            if (double.IsInfinity(allowed)) continue;
            var (ulps, at) = claim.Measure(dtype, Backend.Cpu);
            output.WriteLine($"MEASURED {claim} {dtype.Name()}: {ulps:F2} at {at:R}");
            Assert.True(ulps <= allowed, $"{claim} in {dtype.Name()}: {ulps:F2} ulp at {at:R}, {allowed} are allowed");
        }
    }
}
