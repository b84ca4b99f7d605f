using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of every scalar function in every dtype that it takes: compiled code gives what the definition gives, in whole vectors and in what is
/// left over, from memory that lies side by side, backwards or apart, and next to numbers where dtypes end.
/// </summary>
public sealed class ScalarLaws
{
    // More than two registers of sixteen lanes, and a remainder.
    const int Count = 37;
    const int Amount = 3;

    static readonly long[] WholeNumbers = [0, 1, -1, 2, -2, 3, -3, 5, 7, -7, 10, 31, 100, -100, 127, -128, 255, 32767, -32768, 65535, 1 << 20, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    static readonly double[] RealNumbers = [0, -0.0, 0.5, -0.5, 1, -1, 1.5, -1.5, 2.5, 127.7, -128.7, 255.9, 32767.5, -40000, 1e6, -1e6, 2147483648.0, -2147483649.0, 1e10, -1e10, 1e19, -1e19, 1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    public static TheoryData<string> Names => [.. ScalarFunctions.All.Select(Key).Order(StringComparer.Ordinal)];

    // Several functions of one name differ in what they give.
    static string Key(ScalarFunction function) => function.Types == ScalarTypes.Conversion ? $"{function.Name} to {function.Result.Name()}" : function.Name;

    [Theory, MemberData(nameof(Names))]
    public void A_scalar_function_means_the_same_compiled(string name) => Check(name, Backend.Cpu, layouts: 4);

    /// <summary>
    /// Holds when a function gives what its definition gives, from memory of the first so many layouts; <paramref name="inComputedTypes"/>: only in the dtypes that are not
    /// computed in wider ones, if there is one of those and it is no conversion.
    /// </summary>
    internal static void Check(string name, Backend backend, int layouts, bool inComputedTypes = false)
    {
        var function = ScalarFunctions.All.Single(f => Key(f) == name);
        var taken = DTypes.All.ToArray().Where(dtype => Takes(function, dtype)).ToArray();
        Assert.NotEmpty(taken);
        if (inComputedTypes && function.Types != ScalarTypes.Conversion && taken.Any(IsComputed)) taken = [.. taken.Where(IsComputed)];
        foreach (var dtype in taken) Check(function, dtype, backend, layouts);
    }

    static bool IsComputed(DType dtype) => dtype is DType.Bool or DType.Int32 or DType.Int64 or DType.UInt64 or DType.Float32 or DType.Float64;

    /// <summary>The functions applied to variables moved into their domains; parameters and amounts of shifts are constants.</summary>
    public static IEnumerable<Expr> Samples =>
        from function in ScalarFunctions.All
        from dtype in new[] { DType.Float64, DType.Float32, DType.Int64 }
        where Takes(function, dtype)
        select new Map(function).On([.. Enumerable.Range(0, function.Arity).Select(i => Argument(function, i, i == 0 && function.Types == ScalarTypes.Selection ? DType.Bool : dtype))]);

    static Expr Argument(ScalarFunction function, int i, DType dtype)
    {
        var x = T.Variable("x" + i, dtype, 3, 4);
        if (function.Parameters.Contains(i) || i == 1 && IsShift(function)) return Broadcasting.To(T.Constant(Tensor.Scalar(2).To(dtype)), [3, 4]);
        if (!dtype.IsFloating() || function.Types == ScalarTypes.Conversion) return x;
        var (low, high) = function.Domain;
        return low + (high - low) * (x + 0.75) / 1.75;   // samples are drawn from (-0.75, 1)
    }

    static bool Takes(ScalarFunction function, DType dtype) => function.Types switch
    {
        ScalarTypes.Floating or ScalarTypes.Predicate => dtype.IsFloating(),
        ScalarTypes.Bitwise when IsShift(function) => dtype is DType.Int32 or DType.Int64 or DType.UInt64,   // lowerings shift those, users none
        ScalarTypes.Bitwise => !dtype.IsFloating(),
        ScalarTypes.Conversion when function.Name == "bits" => dtype.IsFloating() && dtype.Size() == function.Result.Size(),
        ScalarTypes.Conversion when function.Name == "frombits" => dtype.IsInteger() && dtype.Size() == function.Result.Size(),
        ScalarTypes.Conversion when function.Name.StartsWith("as_", StringComparison.Ordinal) => dtype.Size() == function.Result.Size() && dtype.IsInteger(),
        _ => true,
    };

    static void Check(ScalarFunction function, DType dtype, Backend compiled, int layouts)
    {
        var dtypes = Enumerable.Range(0, function.Arity).Select(i => i == 0 && function.Types == ScalarTypes.Selection ? DType.Bool : dtype).ToArray();
        var variables = dtypes.Select((d, i) => T.Variable("x" + i, d, 2, Count)).ToArray();
        var values = dtypes.Select((d, i) => Values(function, d, i)).ToArray();
        var side = Of(x => x);
        var backwards = Of(x => x[.., T.Range(null, null, -1)]);
        var apart = Of(x => x.Transpose());
        var row = Of(x => x == variables[0] ? x : T.BroadcastTo(x[0, 3], 2, Count));
        var results = new[] { Backend.Interpreter, compiled }.Select(backend =>
        {
            using var f = Function.Compile([.. variables.Select(v => (In)v)], new[] { side, backwards, apart, row }[..layouts], options: new CompileOptions { Backend = backend, AllowUnusedInputs = true });
            return f.Invoke(values);
        }).ToArray();
        for (var k = 0; k < results[0].Length; k++)
        {
            var (expected, got) = (results[0][k], results[1][k]);
            Assert.Equal(expected.DType, got.DType);
            for (var i = 0; i < expected.Length; i++)
                if (!Same(expected.Number(i), got.Number(i), expected.DType))
                    Assert.Fail($"{function} of {dtype.Name()} ({new[] { "side by side", "backwards", "apart", "one for all" }[k]}), element {i}: the definition gives {Show(expected, i)}, compiled code {Show(got, i)}; arguments {string.Join(", ", values.Select(v => v.ToString()))}");
        }

        Expr Of(Func<Expr, Expr> view) => new Map(function).On([.. variables.Select((x, i) => i == 1 && IsShift(function) ? Broadcasting.To(T.Constant(Tensor.Scalar(Amount).To(dtype)), view(x).Shape) : view(x))]);
    }

    // By a constant: what lowerings need, and users cannot write otherwise.
    static bool IsShift(ScalarFunction function) => function.Name is "shl" or "shr";

    static string Show(Tensor tensor, int i) => tensor.DType.IsFloating() ? tensor.Number(i).Real.ToString("R") : tensor.Number(i).Integer.ToString();

    static bool Same(Number expected, Number got, DType dtype)
    {
        if (!dtype.IsFloating()) return expected.Integer == got.Integer;
        var (e, g) = (expected.Real, got.Real);
        return e.Equals(g) || double.IsFinite(e) && Math.Abs(e - g) <= Tolerances.Pointwise(dtype) * Math.Max(1, Math.Abs(e));
    }

    // From the function's domain, and for whole numbers and conversions also where dtypes end.
    static Tensor Values(ScalarFunction function, DType dtype, int argument)
    {
        var random = new Random(31 * argument + 7);
        var (low, high) = function.Domain;
        var values = Tensor.Zeros(dtype, 2, Count);
        for (var i = 0; i < values.Length; i++)
        {
            var unit = random.NextDouble();
            var whole = WholeNumbers[(i * (argument + 1) + i / WholeNumbers.Length) % WholeNumbers.Length];
            var real = function.Types == ScalarTypes.Conversion ? RealNumbers[i % RealNumbers.Length] : low + (high - low) * unit;
            values.SetNumber(i, dtype switch
            {
                DType.Bool => new Number(0, random.Next(2)),
                _ when dtype.IsFloating() => function.Parameters.Contains(argument) ? 2.0 : real,
                _ => new Number(0, whole),
            });
        }
        return values;
    }
}
