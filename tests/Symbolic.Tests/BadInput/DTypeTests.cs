namespace DeepSym.Tests.BadInput;

/// <summary>What is said of dtypes that an operation does not take.</summary>
public sealed class DTypeTests
{
    static readonly Variable s_v = T.FVector("v", 5);
    static readonly Variable s_a = T.DMatrix("a", 3, 4);
    static readonly Variable s_b = T.DMatrix("b", 4, 5);

    static readonly Mistakes s_all = new()
    {
        {
            "bits of real numbers",
            () => { var _ = s_a & s_b; },
            typeof(DTypeException),
            "and(a: float64[3,4], b: float64[4,5]) is not defined for float64. Convert with T.Cast."
        },
        {
            "a real number as an index",
            () => { var _ = s_a[T.DScalar("d")]; },
            typeof(DTypeException),
            "An index into a: float64[3,4] must be an integer, and d: float64 is not."
        },
        {
            "real numbers as indices",
            () => T.Take(s_a, s_v),
            typeof(DTypeException),
            "An index must be an integer, and v: float32[5] is not. Cast it, or use a comparison with T.Switch."
        },
        {
            "a real number as a condition",
            () => new Map(ScalarFunctions.All.Single(f => f.Name == "switch")).On(s_a, s_a, s_a),
            typeof(DTypeException),
            "switch: the condition (a: float64[3,4]) must be bool. Compare it with something, for example T.Neq(c, 0)."
        },
        {
            "an argument that would lose digits",
            () => Function.Compile([s_v], s_v * 2).Invoke(Doubles(5)),
            typeof(DTypeException),
            "Input 'v' is float64[5]; it was declared float32[5]. Convert with .To(DType.Float32), declare it float64, or set CompileOptions.AllowDowncast."
        },
        {
            "a shared variable of another dtype",
            () => { var s = T.Shared(Floats(3), "state"); s.SetValue(Doubles(3)); },
            typeof(DTypeException),
            "Shared variable 'state' is float32[3]; the new value is float64. Convert it with .To(DType.Float32)."
        },
        {
            "the derivative in integers",
            () => { var i = T.IVector("i"); T.Grad(T.Cast(T.Sum(i), DType.Float32), i); },
            typeof(GradientException),
            "There is no derivative in i: int32[i.0]: only floating expressions have one. Cast it, and differentiate in the result of the cast."
        },
        {
            "the derivative of integers",
            () => { var i = T.IVector("i"); T.Grad(T.Sum(i), i); },
            typeof(GradientException),
            "The cost of a gradient must be floating, and sum[0](cast_int64): int64 is not: nothing flows through integers. Cast before, not after, the computation."
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);

    static Tensor Doubles(params int[] shape) => Tensor.Zeros<double>(shape);
}
