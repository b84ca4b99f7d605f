namespace DeepSym.Tests.BadInput;

/// <summary>What is said of axes that are not there, or named twice.</summary>
public sealed class AxisTests
{
    static readonly Variable s_v = T.FVector("v", 5);
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        {
            "a sum",
            () => T.Sum(s_a, 2),
            typeof(ShapeException),
            "sum(a: float64[3,4]): axis 2 is out of range: it must be from -2 to 1."
        },
        {
            "a sum over one axis twice",
            () => T.Sum(s_a, 0, 0),
            typeof(ShapeException),
            "sum(a: float64[3,4]): an axis is named twice in [0, 0]."
        },
        {
            "the place of the largest",
            () => T.ArgMax(s_a, -3),
            typeof(ShapeException),
            "argmax(a: float64[3,4]): axis -3 is out of range: it must be from -2 to 1."
        },
        {
            "softmax",
            () => T.Softmax(s_a, 2),
            typeof(ShapeException),
            "softmax(a: float64[3,4]): axis 2 is out of range: it must be from -2 to 1."
        },
        {
            "softmax of a scalar",
            () => T.Softmax(T.FScalar("s")),
            typeof(ShapeException),
            "softmax(s: float32): axis -1 is out of range: a scalar has no axes."
        },
        {
            "sorting",
            () => T.Sort(s_a, 5),
            typeof(ShapeException),
            "sort(a: float64[3,4]): axis 5 is out of range: it must be from -2 to 1."
        },
        {
            "a running sum",
            () => T.CumSum(s_a, -3),
            typeof(ShapeException),
            "cumsum(a: float64[3,4]): axis -3 is out of range: it must be from -2 to 1."
        },
        {
            "taking",
            () => T.Take(s_v, T.LVector("i"), 1),
            typeof(ShapeException),
            "take(v: float32[5]): axis 1 is out of range: it must be from -1 to 0."
        },
        {
            "a transposition",
            () => T.Transpose(s_a, 0, 0),
            typeof(ShapeException),
            "transpose(a: float64[3,4], [0, 0]): the axes must be 0 to 1, each once."
        },
        {
            "exchanging",
            () => T.SwapAxes(s_a, 0, 2),
            typeof(ShapeException),
            "swapaxes(a: float64[3,4]): axis 2 is out of range: it must be from -2 to 1."
        },
        {
            "a new axis",
            () => T.ExpandDims(s_a, 4),
            typeof(ShapeException),
            "expand_dims(a: float64[3,4], 4): the new axis must be from -3 to 2."
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);
}
