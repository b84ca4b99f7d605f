using System.Globalization;

namespace DeepSym.Tests.Ops.Scalars;

/// <summary>What gradients are where there is none: the table of docs/gradients-at-kinks.md, computed.</summary>
public sealed class KinkTests
{
    // A function of a vector, the point, and Theano's gradient in each of its components.
    sealed record Kink(string Function, Func<Expr, Expr> Of, double[] Point, string Theano, string Why = "");

    static readonly Kink[] Kinks =
    [
        new("abs(x)", T.Abs, [0], "0"),
        new("sign(x)", T.Sign, [0], "0"),
        new("floor, ceil, trunc, round(x)", x => T.Floor(x) + T.Ceil(x) + T.Trunc(x) + T.RoundEven(x) + T.RoundAway(x), [1], "0"),
        new("maximum(x, y)", p => T.Maximum(p[0], p[1]), [3, 3], "1, 0"),
        new("minimum(x, y)", p => T.Minimum(p[0], p[1]), [3, 3], "1, 0"),
        new("max of a vector", p => T.Max(p), [3, 3, 1], "1, 1, 0"),
        new("min of a vector", p => T.Min(p), [3, 1, 1], "0, 1, 1"),
        new("prod of a vector", p => T.Prod(p), [0, 2, 3], "6, 0, 0"),
        new("clip(x, -1, 1), lower bound", x => T.Clip(x, -1, 1), [-1], "1"),
        new("clip(x, -1, 1), upper bound", x => T.Clip(x, -1, 1), [1], "1"),
        new("clip(x, low, high) in x, low, high", p => T.Clip(p[0], p[1], p[2]), [0, 2, -2], "0, 1, 1", "where the bounds cross, only the bound that is the result has the gradient"),
        new("switch(x > 0, x, 0)", x => T.Switch(x > 0, x, 0), [0], "0"),
        new("relu(x)", T.Relu, [0], "0.5", "the gradient of a dead unit is 0, as in every framework of today"),
        new("leaky relu, slope 0.1", x => T.LeakyRelu(x, 0.1), [0], "0.55", "the left slope, as for relu"),
        new("elu(x)", x => T.Elu(x), [0], "1"),
        new("elu(x, 0.3)", x => T.Elu(x, 0.3), [0], "0.3"),
        new("selu(x)", T.Selu, [0], "1.7581"),
        new("hard_sigmoid(x)", x => T.HardSigmoid(x), [2.5], "0.2"),
        new("ultra_fast_sigmoid(x)", T.UltraFastSigmoid, [0], "0.25", "the slope of the function itself; Theano takes y (1 - y)"),
        new("softsign(x)", T.Softsign, [0], "1"),
        new("sqrt(x)", T.Sqrt, [0], "inf"),
        new("x ** 0.5", x => T.Pow(x, 0.5), [0], "inf"),
        new("sqrt(x ** 2)", x => T.Sqrt(T.Pow(x, 2)), [0], "nan", "the root of a square is seen to be abs(x)"),
        new("x ** y in x, y", p => T.Pow(p[0], p[1]), [0, 2], "0, 0"),
        new("x ** y in x, y", p => T.Pow(p[0], p[1]), [0, 0], "nan, 0", "x ** 0 is 1 everywhere"),
        new("mod(x, y) in x, y", p => T.Mod(p[0], p[1]), [6, 3], "1, -2"),
        new("log(x)", T.Log, [0], "inf"),
        new("xlogx(x)", T.XLogX, [0], "-inf"),
        new("xlogy0(x, y) in x, y", p => T.XLogY(p[0], p[1]), [0, 0], "-inf, nan", "0 log y is 0 for every y"),
        new("arccos(x)", T.Acos, [1], "-inf"),
        new("arctan2(y, x) in y, x", p => T.Atan2(p[0], p[1]), [0, 0], "nan, nan"),
        new("sqrt(sum(x ** 2))", x => T.Sqrt(T.Sum(T.Sqr(x))), [0, 0], "nan, nan"),
    ];

    const string Heading = """
        # Gradients at kinks

        Where a function has no derivative, a gradient is a convention. These are the conventions, beside those of Theano 1.0.5, as the gradient of the
        function's sum at the point given. A test computes this table.

        | function | at | Theano | DeepSym | why they differ |
        |---|---|---|---|---|

        """;

    [Theory, InlineData(Backend.Interpreter), InlineData(Backend.Cpu)]
    public void The_page_on_kinks_says_what_gradients_are(Backend backend)
    {
        var table = Heading + string.Concat(Kinks.Select(kink => Row(kink, backend)));
        Assert.Equal(table.ReplaceLineEndings("\n"), File.ReadAllText(Page()).ReplaceLineEndings("\n"));
    }

    static string Row(Kink kink, Backend backend)
    {
        var x = T.DVector("x", kink.Point.Length);
        using var gradient = Function.Compile([x], [T.Grad(T.Sum(kink.Of(x)), x)], options: new CompileOptions { Backend = backend, AllowUnusedInputs = true });
        var ours = Text(gradient.Invoke(Tensor.From<double>(kink.Point, kink.Point.Length))[0].ToArray<double>());
        Assert.True(ours == kink.Theano == (kink.Why.Length == 0), $"{kink.Function} at {Text(kink.Point)}: {ours}, Theano {kink.Theano}; a difference, and only a difference, has a reason");
        return $"| {kink.Function} | {Text(kink.Point)} | {kink.Theano} | {ours} | {kink.Why} |\n";
    }

    static string Text(double[] numbers) => string.Join(", ", numbers.Select(n =>
        double.IsNaN(n) ? "nan" : double.IsInfinity(n) ? n > 0 ? "inf" : "-inf" : (n == 0 ? 0 : n).ToString("G5", CultureInfo.InvariantCulture)));

    static string Page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "docs", "gradients-at-kinks.md");
    }
}
