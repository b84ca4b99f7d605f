namespace DeepSym.Tests.BadInput;

/// <summary>What is said of nothing where something is needed.</summary>
public sealed class EmptyTests
{
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        {
            "the largest, size known",
            () => T.Max(T.FMatrix("p", 0, 4), 0),
            typeof(ShapeException),
            "max(p: float32[0,4]): axis 0 is empty, and there is no max of nothing. Join it with a number to fall back on, or let the size be 1 or more."
        },
        {
            "the largest, found by the call",
            () => { var p = T.FVector("p"); Function.Compile([p], T.Max(p)).Invoke(Floats(0)); },
            typeof(ShapeException),
            "max(p: float32[p.0]): axis 0 is empty, and there is no max of nothing. Join it with a number to fall back on, or let the size be 1 or more. Here p.0 is 0."
        },
        {
            "the smallest of rows without columns",
            () => { var p = T.FMatrix("p", "rows", "columns"); Function.Compile([p], T.Min(p, 1)).Invoke(Floats(3, 0)); },
            typeof(ShapeException),
            "min(p: float32[rows,columns]): axis 1 is empty, and there is no min of nothing. Join it with a number to fall back on, or let the size be 1 or more. Here columns is 0."
        },
        {
            "the place of the smallest, size known",
            () => T.ArgMin(T.FMatrix("p", 2, 0), 1),
            typeof(ShapeException),
            "argmin(p: float32[2,0]): axis 1 is empty, and there is no argmin of nothing. Let the size be 1 or more."
        },
        {
            "the place of the largest, found by the call",
            () => { var p = T.FVector("p"); Function.Compile([p], T.ArgMax(p)).Invoke(Floats(0)); },
            typeof(ShapeException),
            "argmax(p: float32[p.0]): axis 0 is empty, and there is no argmax of nothing. Let the size be 1 or more. Here p.0 is 0."
        },
        {
            "softmax",
            () => { var p = T.FVector("p"); Function.Compile([p], T.Softmax(p)).Invoke(Floats(0)); },
            typeof(ShapeException),
            "max(p: float32[p.0]): axis 0 is empty, and there is no max of nothing. Join it with a number to fall back on, or let the size be 1 or more. Here p.0 is 0."
        },
        {
            "more of the largest than there are",
            () => T.TopK(s_a, 9),
            typeof(ShapeException),
            "topk(a: float64[3,4], 9): k must be from 1 to 4 in absolute value."
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);
}
