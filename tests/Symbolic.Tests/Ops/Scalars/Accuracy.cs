namespace DeepSym.Tests.Ops.Scalars;

/// <summary>
/// What is claimed of one scalar function: the largest error in units of the last place for arguments from a range, of compiled code and of the definition.
/// </summary>
internal sealed record Accuracy(string Name, Func<Expr, Expr> Function, Func<BigReal, BigReal> Exact, double Low, double High, double Ulps, double? SingleUlps = null)
{
    const int Points = 151;

    /// <summary>The largest error found, and where.</summary>
    public (double Ulps, double At) Measure(DType dtype, Backend backend)
    {
        double[] points = [.. Draw().Select(p => dtype == DType.Float32 ? (double)(float)p : p).Where(p => p >= Low && p <= High)];
        var x = T.Vector("x", dtype: dtype);
        using var function = DeepSym.Function.Compile([x], [Function(x)], options: new CompileOptions { Backend = backend });
        var got = function.Invoke(Tensor.From<double>(points, points.Length).To(dtype))[0].To(DType.Float64).ToArray<double>();
        var worst = (Ulps: 0.0, At: 0.0);
        for (var i = 0; i < points.Length; i++)
        {
            var exact = Exact(points[i]);
            var isOverflow = Math.Abs(exact.ToDouble()) > (dtype == DType.Float32 ? 3.4028235e38 : 1.7976931348623157e308);
            var error = double.IsFinite(got[i]) ? dtype == DType.Float32 ? exact.UlpsTo(got[i], 24, -126) : exact.UlpsTo(got[i], 53, -1022)
                : isOverflow && double.IsInfinity(got[i]) ? 0 : double.PositiveInfinity;
            if (!(error <= worst.Ulps)) worst = (error, points[i]);
        }
        return worst;
    }

    // Evenly over the range, and on a logarithmic scale towards zero, from a fixed seed.
    IEnumerable<double> Draw()
    {
        var random = new Random(20240);
        yield return Low;
        yield return High;
        for (var i = 0; i < Points; i++)
        {
            yield return Low + (High - Low) * random.NextDouble();
            var near = Math.Max(Math.Abs(Low), Math.Abs(High)) * Math.Exp(-random.NextDouble() * (i % 2 == 0 ? 3 : 30));
            yield return random.Next(2) == 0 ? near : -near;
        }
    }

    public override string ToString() => $"{Name} on [{Low:R}, {High:R}]";
}
