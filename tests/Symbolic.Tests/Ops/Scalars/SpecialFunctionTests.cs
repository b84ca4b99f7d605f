namespace DeepSym.Tests.Ops.Scalars;

/// <summary>The gamma and Bessel families against sums of their series to hundreds of bits, and at published values.</summary>
public sealed class SpecialFunctionTests(ITestOutputHelper output)
{
    // The error allowed is the tolerance times the value, or times the floor where the value is smaller.
    sealed record Claim(string Name, Func<Expr, Expr> Function, Func<BigReal, BigReal> Exact, double Low, double High, double Tolerance, double Floor = 0);

    static readonly Claim[] Claims =
    [
        new("gamma", T.Gamma, BigMath.Gamma, 0.001, 30, 2e-15), new("gamma", T.Gamma, BigMath.Gamma, 10, 170, 2e-15), new("gamma", T.Gamma, BigMath.Gamma, -9.9, -0.1, 2e-15),
        new("gammaln", T.GammaLn, BigMath.LogGamma, 0.001, 4, 2e-15), new("gammaln", T.GammaLn, BigMath.LogGamma, 3, 120, 2e-15),
        new("gammaln", T.GammaLn, BigMath.LogGamma, -9.9, -0.1, 1e-14, 1),
        new("digamma", T.Digamma, BigMath.Digamma, 0.01, 40, 1e-14, 1), new("digamma", T.Digamma, BigMath.Digamma, -4.9, -0.1, 1e-14, 1),
        new("trigamma", T.Trigamma, BigMath.Trigamma, 0.01, 40, 4e-15), new("trigamma", T.Trigamma, BigMath.Trigamma, -4.9, -0.1, 1e-14),
        new("polygamma 2", x => T.Polygamma(2, x), x => (BigMath.Trigamma(x + 1e-18) - BigMath.Trigamma(x - 1e-18)) / (BigReal)2e-18, 0.1, 30, 4e-15),
        .. new[] { 0.1, 0.5, 1, 3.7, 9.9, 20, 39 }.Select(a => new Claim($"gammainc {a}", x => T.GammaInc(a, x), x => BigMath.LowerGamma(a, x) / BigMath.Gamma(a), Math.Max(0.01, a / 10), 60, 1e-13)),
        .. new[] { 0.1, 0.5, 1, 3.7, 9.9, 20, 39 }.Select(a => new Claim($"gammaincc {a}", x => T.GammaIncC(a, x), x => 1 - BigMath.LowerGamma(a, x) / BigMath.Gamma(a), Math.Max(0.01, a / 10), 60, 1e-13)),
        new("j0", T.BesselJ0, x => BigMath.Bessel(0, x, -1), -60, 60, 1e-14, 0.1), new("j1", T.BesselJ1, x => BigMath.Bessel(1, x, -1), -60, 60, 1e-14, 0.1),
        .. new[] { 0.25, 1.5, 2, 5, 12, 12.5 }.Select(v => new Claim($"jv {v}", x => T.BesselJ(v, x), x => BigMath.Bessel(v, x, -1), 0.01, 60, 1e-13, 0.1)),
        .. new[] { -0.25, -1.5, -2.75 }.Select(v => new Claim($"jv {v}", x => T.BesselJ(v, x), x => BigMath.Bessel(v, x, -1), 0.1, 60, 1e-12, 0.1)),
        new("i0", T.BesselI0, x => BigMath.Bessel(0, x, 1), -60, 60, 1e-14), new("i1", T.BesselI1, x => BigMath.Bessel(1, x, 1), -60, 60, 1e-14),
        .. new[] { -0.25, -1.5, 0.25, 1.5, 2, 5, 12, 12.5 }.Select(v => new Claim($"iv {v}", x => T.BesselI(v, x), x => BigMath.Bessel(v, x, 1), 0.1, 90, 1e-13)),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Claims.Length)];

    [Theory]
    [InlineData(0.5)]
    [InlineData(300.25)]
    [InlineData(990)]
    public void Bessel_functions_of_large_numbers_go_on_where_those_of_smaller_ones_end(double order)
    {
        var at = Numerically.Compiled(T.BesselJ(order, T.Constant(Tensor.From([1000 - 1e-9, 1000 + 1e-9])))).ToArray<double>();
        Assert.Equal(at[0], at[1], 1e-10);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void A_special_function_is_as_accurate_as_it_says(int number)
    {
        const int Points = 17;
        var claim = Claims[number];
        var random = new Random(7 + number);
        double[] points = [claim.Low, claim.High, .. Enumerable.Range(0, Points).Select(_ => claim.Low + (claim.High - claim.Low) * random.NextDouble())];
        foreach (var (dtype, tolerance) in new[] { (DType.Float64, claim.Tolerance), (DType.Float32, 1e-6) })
        {
            var rounded = Tensor.From<double>(points, points.Length).To(dtype);
            var x = T.Vector("x", dtype: dtype);
            var got = Numerically.Compiled(claim.Function(x), (x, rounded)).To(DType.Float64).ToArray<double>();
            var at = rounded.To(DType.Float64).ToArray<double>();
            var worst = (Error: 0.0, At: 0.0);
            for (var i = 0; i < got.Length; i++)
            {
                if (dtype == DType.Float32 && claim.Name.Contains('.')) continue;   // the parameter is rounded too
                var exact = claim.Exact(at[i]);
                var size = Math.Max(Math.Abs(exact.ToDouble()), claim.Floor);
                if (dtype == DType.Float32 && size is < 1e-30 or > 1e30) continue;
                var error = Math.Abs((exact - got[i]).ToDouble()) / size;
                if (!(error <= worst.Error)) worst = (error, at[i]);
            }
            output.WriteLine($"MEASURED {claim.Name} on [{claim.Low}, {claim.High}] {dtype.Name()}: {worst.Error:E1} at {worst.At:R}");
            Assert.True(worst.Error <= tolerance, $"{claim.Name} in {dtype.Name()}: error {worst.Error:E2} at {worst.At:R}, {tolerance:E0} is allowed");
        }
    }

    // From the tables of Abramowitz and Stegun and of the NIST library.
    public static TheoryData<string, double, double, double> Published => new()
    {
        { "gamma", double.NaN, 0.5, 1.7724538509055161 }, { "gamma", double.NaN, 5, 24 }, { "gammaln", double.NaN, 100, 359.1342053695754 }, { "digamma", double.NaN, 1, -0.5772156649015329 },
        { "polygamma", 1, 1, 1.6449340668482264 }, { "polygamma", 2, 1, -2.4041138063191886 }, { "polygamma", 3, 1, 6.493939402266829 },
        { "jv", 0, 2.404825557695773, 0 }, { "jv", 0, 1, 0.7651976865579666 }, { "jv", 1, 1, 0.4400505857449335 }, { "jv", 0, 1000, 0.02478668615242880 }, { "jv", 2, 50, -0.05971280079425882 },
        { "iv", 0, 1, 1.2660658777520084 }, { "iv", 1, 1, 0.5651591039924851 }, { "gammainc", 1, 1, 0.6321205588285577 }, { "gammaincc", 0.5, 2, 0.04550026389635842 },
        { "erf", double.NaN, 1, 0.8427007929497149 }, { "erfc", double.NaN, 5, 1.5374597944280349e-12 }, { "erfcx", double.NaN, 10, 0.05614099274382259 }, { "erfinv", double.NaN, 0.5, 0.4769362762044699 },
    };

    [Theory, MemberData(nameof(Published))]
    public void A_special_function_has_its_published_value(string name, double parameter, double x, double value)
    {
        var function = ScalarFunctions.All.Single(f => f.Name == name);
        Number[] arguments = double.IsNaN(parameter) ? [x] : [parameter, x];
        Assert.Equal(value, function.Value(arguments, DType.Float64).Real, 1e-14 * Math.Max(1, Math.Abs(value)));
    }

    [Theory, InlineData(1e7), InlineData(1e9), InlineData(1e12)]
    public void The_incomplete_gamma_functions_of_a_large_parameter_add_to_one_and_are_near_the_normal_distribution(double a)
    {
        foreach (var deviations in new[] { -3.0, -0.5, 0.0, 0.7, 2.5 })
        {
            var x = a + deviations * Math.Sqrt(a);
            var (lower, upper) = (IncompleteGamma.Lower(a, x), IncompleteGamma.Upper(a, x));
            Assert.Equal(1, lower + upper, 1e-14);
            Assert.Equal(0.5 * T.ErfcOf(deviations / Math.Sqrt(2)), upper, 1 / Math.Sqrt(a));
        }
    }

    [Fact]
    public void A_derivative_in_a_parameter_is_an_error_that_says_what_to_do()
    {
        var (a, x) = (T.DScalar("a"), T.DScalar("x"));
        var error = Assert.Throws<GradientException>(() => T.Grad(T.GammaInc(a, x), a));
        Assert.Equal("gammainc(a: float64, x: float64) has no known derivative in its argument 1. Make that argument a constant, or put T.StopGradient around it.", error.Message);
    }
}
