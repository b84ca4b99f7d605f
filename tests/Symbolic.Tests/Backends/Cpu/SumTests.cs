namespace DeepSym.Tests.Backends.Cpu;

/// <summary>Sums of float32, of numbers of all signs and of numbers that are never negative, against exact ones.</summary>
public sealed class SumTests
{
    static readonly (string Name, Func<Expr, Expr> Of, Func<double, double> Exactly)[] s_summands =
    [
        ("x", x => x, x => x), ("abs(x)", T.Abs, Math.Abs), ("sqr(x)", T.Sqr, x => (float)(x * x)), ("relu(x)", T.Relu, x => Math.Max(x, 0)),
    ];

    // How the numbers grow decides whether a summand is larger than the sum so far.
    public static TheoryData<double, int> Growths =>
        new(from factor in new[] { 0.5, 0.97, 1, 1.001, 1.03, 2, 3 } from length in new[] { 8, 37, 1003 } select (factor, length));

    [Theory, MemberData(nameof(Growths))]
    public void A_sum_is_rounded_once(double factor, int length)
    {
        var random = new Random(length);
        var values = new float[length];
        for (var i = 0; i < length; i++) values[i] = (float)(Math.Pow(factor, i % 30) * (1 + random.NextDouble()) * (random.Next(2) * 2 - 1));
        var row = Tensor.From(values, 1, length);
        var x = T.FMatrix("x", "m", "n");
        foreach (var (name, of, exactly) in s_summands)
        {
            var (sum, size) = (0.0, 0.0);
            foreach (var value in values) (sum, size) = (sum + exactly(value), size + Math.Abs(exactly(value)));
            var results = Function.Compile([x], [T.Sum(of(x), 1), T.Sum(of(x)), T.Sum(of(x.Transpose()), 0)]).Invoke(row).Concat(Function.Compile([x], [T.Sum(of(x), 0)]).Invoke(Tensor.From(values, length, 1)));
            var unit = Math.ScaleB(1, Math.ILogB(size) - 23);
            foreach (var result in results) Assert.True(Math.Abs(result.ToArray<float>()[0] - sum) <= 0.501 * unit, $"sum({name}): {result.ToArray<float>()[0]:R} instead of {sum:R}");
        }
    }

    [Theory]
    [InlineData(3e38f, 3e38f)]
    [InlineData(1e30f, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    public void A_sum_that_is_too_large_is_infinite(float one, float others)
    {
        var x = T.FMatrix("x", "m", "n");
        Expr[] sums = [T.Sum(T.Sqr(x), 0), T.Sum(T.Sqr(x), 1), T.Sum(T.Sqr(x)), T.Sum(T.Abs(x), 0), T.Sum(T.Abs(x), 1), T.Sum(x, 0), T.Sum(x, 1), T.Sum(x)];
        foreach (var (rows, columns) in new[] { (1, 40), (2, 40), (40, 1), (1, 16), (4, 40), (40, 33) })
        {
            var values = Tensor.Full(others, rows, columns);
            values.Set(one, rows - 1, columns - 1);
            var expected = Function.Compile([x], sums, options: new CompileOptions { Backend = Backend.Interpreter }).Invoke(values);
            var found = Function.Compile([x], sums).Invoke(values);
            for (var k = 0; k < sums.Length; k++) Assert.Equal(expected[k].ToArray<float>(), found[k].ToArray<float>());
        }
    }
}
