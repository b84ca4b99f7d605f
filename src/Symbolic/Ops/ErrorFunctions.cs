namespace DeepSym;

/// <content>
/// The error function and its relatives: near 0 a series, else <c>(1 + 2x) erfcx(x)</c> as a polynomial in <c>(x - 3)/(x + 3)</c>; the inverses as polynomials in
/// <c>w = -log(1 - x²)</c> or its root. Accurate to 4 ulp, erfcx to 6.
/// </content>
public static partial class T
{
    const double TwoOverRootPi = 1.1283791670955126, HalfRootPi = 0.8862269254527580;

    static readonly ScalarFunction ErfFunction = new("erf", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(ErfOf), Cost = 50,
        Partials = [(x, _) => TwoOverRootPi * Exp(-Sqr(x[0]))],
        Lowering = x =>
        {
            var magnitude = Abs(x[0]);
            var far = 1 - UpperErfc(magnitude);
            return WithSign(Switch(magnitude < 1, SmallErf(magnitude), far), x[0]);
        },
    };

    static readonly ScalarFunction ErfcFunction = new("erfc", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(ErfcOf), Cost = 50,
        Partials = [(x, _) => -TwoOverRootPi * Exp(-Sqr(x[0]))],
        Lowering = x =>
        {
            var upper = UpperErfc(Abs(x[0]));
            return Switch(Abs(x[0]) < 0.5, 1 - SmallErf(x[0]), Switch(x[0] < 0, 2 - upper, upper));
        },
    };

    static readonly ScalarFunction ErfcxFunction = new("erfcx", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(ErfcxOf), Cost = 50,
        Partials = [(x, y) => 2 * x[0] * y - TwoOverRootPi],
        Lowering = x =>
        {
            var upper = UpperErfcx(Abs(x[0]));
            var (square, rest) = Squared(x[0]);
            var e = Exp(square);
            return Switch(x[0] < 0, 2 * (e * (1 + rest)) - upper, upper);
        },
    };

    static readonly ScalarFunction LogErfcFunction = new("log_erfc", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x < 0.5 ? Log1pOf(-ErfOf(x)) : Math.Log(UpperErfcxOf(x)) - x * x), Cost = 80,
        Partials = [(x, _) => -TwoOverRootPi / Erfcx(x[0])],
        Lowering = x => Switch(x[0] < 0.5, Log1p(-Erf(x[0])), Log(UpperErfcx(Abs(x[0]))) - Sqr(x[0])),
    };

    static readonly ScalarFunction ErfInvFunction = new("erfinv", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(ErfInvOf), Cost = 80,
        Partials = [(_, y) => HalfRootPi * Exp(Sqr(y))],
        Lowering = x => ErfInvLowering(x[0], (1 - x[0]) * (1 + x[0]), isComplement: false),
        Domain = (-0.9, 0.9),
    };

    static readonly ScalarFunction ErfcInvFunction = new("erfcinv", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(ErfcInvOf), Cost = 90,
        Partials = [(_, y) => -HalfRootPi * Exp(Sqr(y))],
        Lowering = x => ErfInvLowering(1 - x[0], x[0] * (2 - x[0]), isComplement: true),
        Domain = (0.1, 1.9),
    };

    /// <summary>The error function <c>2/√π ∫₀ˣ exp(-t²) dt</c>, elementwise.</summary>
    public static Expr Erf(Expr x) => ErfFunction.Lift(x);

    /// <summary><c>1 - erf(x)</c>, elementwise, without loss for large x.</summary>
    public static Expr Erfc(Expr x) => ErfcFunction.Lift(x);

    /// <summary><c>log erfc(x)</c>, elementwise, finite also where erfc(x) is too small for a float.</summary>
    public static Expr LogErfc(Expr x) => LogErfcFunction.Lift(x);

    /// <summary><c>exp(x²) erfc(x)</c>, elementwise, without overflow for large x.</summary>
    public static Expr Erfcx(Expr x) => ErfcxFunction.Lift(x);

    /// <summary>The number whose error function is x, elementwise; ±∞ at ±1, NaN beyond.</summary>
    public static Expr ErfInv(Expr x) => ErfInvFunction.Lift(x);

    /// <summary>The number whose complementary error function is x, elementwise; ∞ at 0, -∞ at 2, NaN beyond.</summary>
    public static Expr ErfcInv(Expr x) => ErfcInvFunction.Lift(x);

    static readonly Series ErfSeries = new(
        [
            -7.795898827002142e-10, 1.3720064546777686e-08, -1.6208483801871705e-07, 1.6447424703317362e-06, -1.492473690741966e-05,
            0.00012055294904839707, -0.0008548325975389692, 0.0052239776071164225, -0.02686617064323777, 0.11283791670945006, -0.37612638903183543,
            0.12837916709551256,
        ],
        [
            7.87587506e-05, -0.000801686429, 0.00518908742, -0.026854212, 0.112835947, -0.376126267, 0.128379166,
        ]);

    static readonly Series ErfcxSeries = new(
        [
            8.864219016427092e-10, 9.885798831139365e-10, -8.500397929772615e-09, -1.3326364813003834e-08, 4.180784698845582e-08,
            1.0187000600072885e-07, -1.4160064940265987e-07, -6.166496077604353e-07, 3.5683839153992204e-07, 3.472414602875686e-06,
            -7.315105164159062e-07, -2.0100567931289227e-05, 4.949484992570595e-06, 0.00012509935235563107, -0.00010515979981501177,
            -0.0007798322721083991, 0.0018886903591561553, 0.002529391816066239, -0.023770514918645888, 0.06830802734397848, -0.11927366341530699,
            0.1296451587027606, -0.04756229435345087, -0.13562110612458117, 1.2530080582697296,
        ],
        [
            8.00745497e-05, -9.25376913e-05, -0.00073408205, 0.00187506025, 0.00250677867, -0.0237635597, 0.0683131967, -0.119275281, 0.129644721,
            -0.0475621561, -0.1356211, 1.25300806,
        ]);

    static readonly Series InverseErfCentre = new(
        [
            3.240704459379902e-21, -1.113483769832702e-21, -3.4996044354754177e-19, 1.150022252066253e-18, 1.557432024623325e-17,
            -1.3016928016796445e-16, -4.0282154327661744e-17, 6.596407712420834e-15, -4.001237735091896e-14, -8.118399443074353e-14,
            2.6304834740560442e-12, -1.2976885526532075e-11, -5.414287198084716e-11, 1.0512181539804126e-09, -4.11266082002324e-09,
            -2.9070382262927266e-08, 4.234788173782339e-07, -1.3654691850603575e-06, -1.3882523394405316e-05, 0.00018673420802464837,
            -0.000740702534154477, -0.00603367087142785, 0.2401581824255883, 1.6536545626831027,
        ],
        [
            2.35752833e-12, 6.67677608e-10, -4.66282747e-09, -2.49025601e-08, 4.26101255e-07, -1.38639688e-06, -1.3888333e-05, 0.000186781853,
            -0.000740697749, -0.00603371064, 0.240158182, 1.65365457,
        ]);

    static readonly Series InverseErfTail = new(
        [
            -1.5102695423335065e-08, 6.969241977629694e-10, 1.3104351499972014e-07, -2.713451105439456e-07, -2.7004219280868947e-08,
            1.4987130784186127e-06, -3.986084395214756e-06, 2.9257291901789823e-06, 1.2465167157087251e-05, -4.731898412011245e-05,
            6.828708654753377e-05, 2.4031257015092525e-05, -0.00035503780975963814, 0.0009532893637435638, -0.0016882755357337071,
            0.0024914420969817607, -0.003751208508215561, 0.00537091455357168, 1.0052589676941652, 3.0838856104922208,
        ],
        [
            -3.17282156e-05, -0.000258303297, 0.000976206968, -0.00173027023, 0.00248790372, -0.00374457349, 0.00537106316, 1.00525869, 3.08388561,
        ]);

    static readonly Series InverseErfFarTail = new(
        [
            -1.543927819720834e-11, 2.8907082659821915e-11, 7.745384761724364e-11, -3.868291027600667e-10, 1.0483309310240927e-09,
            -2.6311132048940673e-09, 5.805888104528111e-09, -1.1207461299741068e-08, 2.182184091047106e-08, -5.493197748316719e-08,
            2.0161905521548853e-07, -9.070860240222449e-07, 4.193853753803148e-06, -1.837453613912565e-05, 7.124031542245362e-05,
            -0.0002003120066802735, -0.00016985809149340308, 1.010285017597772, 4.90042105144364,
        ],
        [
            4.66369701e-06, -2.03179586e-05, 7.09661278e-05, -0.000199204845, -0.000169819578, 1.01028486, 4.90042105,
        ]);

    static readonly Series InverseErfcEnd = new(
        [
            -6.190283823945197e+18, 9.360199546533782e+17, 5.437040642163602e+16, -1.1880372458416026e+16, -488199618404313.25, 117236571488833.48,
            -1309402959646.3923, -211575860849.01154, -28990250817.521152, 5015683194.486058, -467212584.6952312, 55697148.79602846,
            -7562463.773751851, 1015213.1331706067, -139192.06011446004, 19883.79479664943, -2984.6858918805688, 477.8447495455247,
            -83.1956461978056, 16.294549265810936, -4.203305399917528, 1.6380160858576216, -0.34980850858214435, -0.16908702367111392,
            0.9890609132540967,
        ],
        [
            -4457.28768, 743.94818, -79.8306931, 15.3795586, -4.20389674, 1.63911378, -0.349811193, -0.16908737, 0.989060914,
        ]);

    // erf on |x| <= 1
    static Expr SmallErf(Expr x) => FusedMultiplyAdd(x, ErfSeries.At(x * x), x);

    // erfcx and erfc for x >= 0; the latter is used from 1/2 on.
    static Expr UpperErfcx(Expr x)
    {
        var t = Switch(Eq(x, double.PositiveInfinity), 1, (x - 3) / (x + 3));
        return 0.5 * ErfcxSeries.At(t) / (0.5 + x);
    }

    static Expr UpperErfc(Expr x)
    {
        var (square, rest) = Squared(x);
        var e = Exp(-square);
        return (e - e * rest) * UpperErfcx(x);
    }

    // x² and what rounding took from it, which is 0 where the square is too large to matter.
    static (Expr Square, Expr Low) Squared(Expr x)
    {
        var square = x * x;
        return (square, Switch(square < 1000, FusedMultiplyAdd(x, x, -square), ZerosLike(square)));
    }

    // The inverse of erf at x, given 1 - x² without loss.
    static Expr ErfInvLowering(Expr x, Expr rest, bool isComplement)
    {
        var w = -Log(rest);
        var s = Sqrt(w);
        var factor = Switch(w < 6.25, InverseErfCentre.At(w - 3.125), Switch(s < 4, InverseErfTail.At(s - 3.25), InverseErfFarTail.At(s - 5.05)));
        if (isComplement) factor = Switch(s < 6, factor, s * InverseErfcEnd.At(1 / s - 0.1));
        return x * Switch(Eq(w, double.PositiveInfinity), w, factor);
    }

    static double SmallErfOf(double x) => Math.FusedMultiplyAdd(x, ErfSeries.At(x * x), x);

    static double UpperErfcxOf(double x) => 0.5 * ErfcxSeries.At(double.IsPositiveInfinity(x) ? 1 : (x - 3) / (x + 3)) / (0.5 + x);

    static double UpperErfcOf(double x)
    {
        var square = x * x;
        var e = Math.Exp(-square);
        return (square < 1000 ? e - e * Math.FusedMultiplyAdd(x, x, -square) : e) * UpperErfcxOf(x);
    }

    static double ErfOf(double x) => Math.Abs(x) < 1 ? SmallErfOf(x) : x < 0 ? UpperErfcOf(-x) - 1 : 1 - UpperErfcOf(x);

    internal static double ErfcOf(double x) => Math.Abs(x) < 0.5 ? 1 - SmallErfOf(x) : x < 0 ? 2 - UpperErfcOf(-x) : UpperErfcOf(x);

    static double ErfcxOf(double x)
    {
        if (!(x < 0)) return UpperErfcxOf(x);
        var square = x * x;
        var e = Math.Exp(square);
        return 2 * (square < 1000 ? e * (1 + Math.FusedMultiplyAdd(x, x, -square)) : e) - UpperErfcxOf(-x);
    }

    static double ErfInvOf(double x) => InverseErf(x, (1 - x) * (1 + x));

    static double ErfcInvOf(double x) => InverseErf(1 - x, x * (2 - x));

    static double InverseErf(double x, double rest)
    {
        var w = -Math.Log(rest);
        var s = Math.Sqrt(w);
        return x * (double.IsPositiveInfinity(w) ? w : w < 6.25 ? InverseErfCentre.At(w - 3.125)
            : s < 4 ? InverseErfTail.At(s - 3.25) : s < 6 ? InverseErfFarTail.At(s - 5.05) : s * InverseErfcEnd.At(1 / s - 0.1));
    }
}
