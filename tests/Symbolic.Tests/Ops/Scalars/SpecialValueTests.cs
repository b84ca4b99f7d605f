namespace DeepSym.Tests.Ops.Scalars;

/// <summary>Zeros, infinities, NaN, subnormal and huge numbers: compiled code gives what the definition gives, signs of zeros included.</summary>
public sealed class SpecialValueTests
{
    static readonly double[] Special =
    [
        0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5, -0.5, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, -3, 7, -7, 10.25, -10.25, 33, -33, 100, -100, 171, 745, -745, 1e5, -1e5,
        1e-5, -1e-5, 1e-20, -1e-20, 1e20, -1e20, 1e-320, -1e-320, 5e-324, 1e-40, -1e-40, 1e38, -1e38, 1e300, -1e300, double.MaxValue, -double.MaxValue, float.MaxValue, -float.MaxValue,
    ];

    // Beside the numbers above: where the code of a function changes from one formula to another.
    static readonly double[] Turns = [0.25, 0.4142135623730951, 0.7071067811865476, 0.999999, 1.000001, 1.4142135623730951, 2.414213562373095, 1048576, 1048577, 1073741824, 1073741825, 1e9, 1e17, 88.5, 709.5, 89, 710];

    static readonly string[] Internal = ["bits", "frombits"];

    // Sums of two numbers that may cancel: accurate in the last places of the larger one.
    static readonly string[] Cancelling = ["logaddexp"];

    public static TheoryData<string> Names =>
        [.. ScalarFunctions.All.Where(f => f.Types is ScalarTypes.Floating or ScalarTypes.Arithmetic or ScalarTypes.Predicate or ScalarTypes.Comparison && f.Arity <= 2 && !Internal.Contains(f.Name)).Select(f => f.Name).Distinct()];

    [Theory, MemberData(nameof(Names))]
    public void Compiled_code_agrees_with_the_definition_at_special_values(string name)
    {
        var function = ScalarFunctions.All.First(f => f.Name == name);
        double[] values = [.. Special, .. Turns, .. Turns.Select(v => -v)];
        foreach (var dtype in new[] { DType.Float64, DType.Float32 })
        {
            var (x, y) = (T.Vector("x", dtype: dtype), T.Vector("y", dtype: dtype));
            Variable[] variables = function.Arity == 1 ? [x] : [x, y];
            double[][] columns = function.Arity == 1 ? [values]
                : [[.. values.SelectMany(v => Enumerable.Repeat(v, values.Length))], [.. Enumerable.Repeat(values, values.Length).SelectMany(v => v)]];
            Tensor[] arguments = [.. columns.Select(c => Tensor.From<double>(c, c.Length).To(dtype))];
            var results = new[] { Backend.Interpreter, Backend.Cpu }.Select(backend =>
            {
                using var compiled = Function.Compile([.. variables.Select(v => (In)v)], [function.Lift(variables)], options: new CompileOptions { Backend = backend });
                return compiled.Invoke(arguments)[0].To(DType.Float64).ToArray<double>();
            }).ToArray();
            for (var i = 0; i < results[0].Length; i++)
                if (!Same(results[0][i], results[1][i], dtype, Cancelling.Contains(name) ? columns.Max(c => Math.Min(Math.Abs(c[i]), 1)) : 0))
                    Assert.Fail($"{name}({string.Join(", ", columns.Select(c => c[i].ToString("R")))}) in {dtype.Name()}: the definition gives {results[0][i]:R}, compiled code {results[1][i]:R}");
        }
    }

    static bool Same(double expected, double got, DType dtype, double size)
    {
        if (expected.Equals(got)) return expected != 0 || double.IsNegative(expected) == double.IsNegative(got);
        if (!double.IsFinite(expected) || !double.IsFinite(got)) return false;
        var (digits, least) = dtype == DType.Float32 ? (24, -149) : (53, -1074);
        var last = Math.Max(expected == 0 ? least : Math.ILogB(Math.Max(Math.Abs(expected), size)) - digits + 1, least);
        return Math.Abs(expected - got) <= 4 * Math.ScaleB(1, last);
    }
}
