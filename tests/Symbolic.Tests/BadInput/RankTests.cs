namespace DeepSym.Tests.BadInput;

/// <summary>What is said of an expression with too few or too many axes.</summary>
public sealed class RankTests
{
    static readonly Variable s_x = T.FMatrix("x", "batch", 784);
    static readonly Variable s_w = T.FMatrix("w", 512, 10);
    static readonly Variable s_v = T.FVector("v", 5);
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        {
            "a matrix product with a scalar",
            () => T.MatMul(T.FScalar("s"), s_a),
            typeof(ShapeException),
            "matmul(s: float32, a: float64[3,4]): both sides need an axis; multiply by a scalar with *."
        },
        {
            "joining a matrix and a vector",
            () => T.Concatenate([s_a, T.DVector("c")], 0),
            typeof(ShapeException),
            "concatenate(a: float64[3,4], c: float64[c.0]): the ranks must agree."
        },
        {
            "the diagonal of three axes",
            () => T.Diag(T.FTensor3("t")),
            typeof(ShapeException),
            "diag(t: float32[t.0,t.1,t.2]): a vector or a matrix is needed; use T.Diagonal or T.AllocDiag for stacks."
        },
        {
            "pooling a vector",
            () => T.MaxPool2D(s_v, [2, 2]),
            typeof(ShapeException),
            "pool2d(v: float32[5]) needs at least 2 axes."
        },
        {
            "convolving matrices",
            () => T.Conv2D(s_x, s_w),
            typeof(ShapeException),
            "conv2d(x: float32[batch,784], w: float32[512,10]): x: float32[batch,784] has 2 axes and needs 4: images [n, channels, sizes...], filters [filters, channels per group, sizes...]."
        },
        {
            "inverting a vector",
            () => T.MatrixInverse(s_v),
            typeof(ShapeException),
            "inverse(v: float32[5]): a matrix has two axes, and a stack of matrices more."
        },
        {
            "more indices than axes",
            () => { var _ = s_a[0, 0, 0]; },
            typeof(ShapeException),
            "a: float64[3,4] has 2 axes and is indexed with 3."
        },
        {
            "a matrix for a vector",
            () => Function.Compile([s_v], s_v * 2).Invoke(Floats(5, 1)),
            typeof(ShapeException),
            "Input 'v' is float32[5,1]; it was declared float32[5]: it has 2 axes and needs 1."
        },
        {
            "a matrix for a shared vector",
            () => { var s = T.Shared(Floats(3), "state"); s.SetValue(Floats(3, 1)); },
            typeof(ShapeException),
            "Shared variable 'state' is float32[3]; the new value has shape [3,1]. Give T.Shared free dimensions (null) where the size may change."
        },
        {
            "the gradient of a matrix",
            () => T.Grad(s_a, s_a),
            typeof(GradientException),
            "The cost of a gradient must be a scalar, and a: float64[3,4] is not. Take its sum or mean, or use T.Vjp."
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);
}
