namespace DeepSym.Tests.BadInput;

/// <summary>What is said of sizes that do not fit, known when the graph is built or found by a call.</summary>
public sealed class ShapeTests
{
    static readonly Variable s_x = T.FMatrix("x", "batch", 784);
    static readonly Variable s_w = T.FMatrix("w", 512, 10);
    static readonly Variable s_v = T.FVector("v", 5);
    static readonly Variable s_a = T.DMatrix("a", 3, 4);
    static readonly Variable s_b = T.DMatrix("b", 4, 5);

    static readonly Mistakes s_all = new()
    {
        {
            "a product of matrices",
            () => T.Dot(s_x, s_w),
            typeof(ShapeException),
            "dot(x: float32[batch,784], w: float32[512,10]): axis 1 of the left (784) must equal axis 0 of the right (512)."
        },
        {
            "a product of matrices, found by the call",
            () => { var (p, q) = (T.FMatrix("p"), T.FMatrix("q")); Function.Compile([p, q], T.Dot(p, q)).Invoke(Floats(3, 4), Floats(3, 4)); },
            typeof(ShapeException),
            "dot(p: float32[p.0,p.1], q: float32[q.0,q.1]): axis 1 of the left (p.1) must equal axis 0 of the right (q.0). Here p.1 is 4 and q.0 is 3."
        },
        {
            "a sum",
            () => { var _ = T.DMatrix("p", 3, 4) + T.DMatrix("q", 4, 3); },
            typeof(ShapeException),
            "add(p: float64[3,4], q: float64[4,3]): sizes along an axis must be equal, or 1 where the graph is built. Reshape or index with T.NewAxis, or declare the axis to be of size 1."
        },
        {
            "a sum, found by the call",
            () => { var (p, q) = (T.FVector("p"), T.FVector("q")); Function.Compile([p, q], p + q).Invoke(Floats(3), Floats(4)); },
            typeof(ShapeException),
            "add(p: float32[p.0], q: float32[q.0]): sizes along an axis must be equal, or 1 where the graph is built. Reshape or index with T.NewAxis, or declare the axis to be of size 1. Here p.0 is 3 and q.0 is 4."
        },
        {
            "another number of elements",
            () => T.Reshape(s_a, 5, 2),
            typeof(ShapeException),
            "reshape(a: float64[3,4]) to [5,2]: the number of elements must stay 12, and would be 10."
        },
        {
            "no multiple",
            () => T.Reshape(s_a, 5, -1),
            typeof(ShapeException),
            "reshape(a: float64[3,4]) to [5,-1]: 12 elements are no multiple of 5."
        },
        {
            "joining",
            () => T.Concatenate([s_a, s_b], 0),
            typeof(ShapeException),
            "concatenate(a: float64[3,4], b: float64[4,5], axis 0): axis 1 must agree."
        },
        {
            "stacking",
            () => T.Stack([s_a, s_b], 0),
            typeof(ShapeException),
            "stack(a: float64[3,4], b: float64[4,5]): the shapes must be equal. Concatenate joins along an axis that is there."
        },
        {
            "stretching what is not 1",
            () => T.BroadcastTo(s_a, 3, 5),
            typeof(ShapeException),
            "broadcast(a: float64[3,4]) to [3,5]: axis 1 has size 4, which is neither 1 nor 5."
        },
        {
            "dropping what is not 1",
            () => T.Squeeze(s_a, 0),
            typeof(ShapeException),
            "squeeze(a: float64[3,4]): axis 0 has size 3; only a size that is known to be 1 can be dropped."
        },
        {
            "parts of another size",
            () => T.Split(s_a, 2, 0),
            typeof(ShapeException),
            "split(a: float64[3,4]): the parts have 2 elements along axis 0, which has 3."
        },
        {
            "channels of images and filters",
            () => T.Conv2D(T.Variable("img", DType.Float32, 1, 2, 9, 9), T.Variable("k", DType.Float32, 8, 3, 5, 5)),
            typeof(ShapeException),
            "conv2d(img: float32[1,2,9,9], k: float32[8,3,5,5]): the images have 2 channels; the filters are for 3."
        },
        {
            "a filter larger than the image",
            () => T.Conv2D(T.Variable("img", DType.Float32, 1, 3, 4, 4), T.Variable("k", DType.Float32, 8, 3, 5, 5)),
            typeof(ShapeException),
            "conv2d(img: float32[1,3,4,4], k: float32[8,3,5,5]): along axis 2 the filter covers 5 elements, more than the 4 that there are with padding. Pad the images, or make the filter smaller."
        },
        {
            "a window larger than the image",
            () => T.MaxPool2D(T.Variable("img", DType.Float32, 1, 3, 4, 4), [5, 5]),
            typeof(ShapeException),
            "A window of 5 does not fit into axis 2 of img: float32[1,3,4,4]: make it smaller or pad the input."
        },
        {
            "right sides of another size",
            () => T.Solve(T.DMatrix("p", 3, 3), T.DVector("q", 4)),
            typeof(ShapeException),
            "solve(p: float64[3,3], reshape->[4,1](q): float64[4,1]): axis 0 must agree: there are as many right sides as matrices, with as many rows."
        },
        {
            "one letter for two sizes",
            () => T.Einsum("ij,ij->i", s_a, s_b),
            typeof(ShapeException),
            "einsum(\"ij,ij->i\") of a: float64[3,4], b: float64[4,5]: axis 'i' is 3 long in one place and 4 in another."
        },
        {
            "summing over axes of two sizes",
            () => T.TensorDot(s_a, s_b, [0], [0]),
            typeof(ShapeException),
            "dot(a: float64[3,4], b: float64[4,5]): axis 0 of the left (3) must equal axis 0 of the right (4)."
        },
        {
            "targets for other classes",
            () => T.CategoricalCrossentropy(T.FMatrix("p", 3, 4), T.LMatrix("t", 3, 5)),
            typeof(ShapeException),
            "categorical_crossentropy(p: float32[3,4], t: int64[3,5]): the targets must be class numbers (integers, one axis less) or rows of the same shape."
        },
        {
            "branches of two shapes",
            () => T.IfElse(T.BScalar("c"), T.FVector("p", 3), T.FVector("q", 4)),
            typeof(ShapeException),
            "if_else: both branches must have one type, and are p: float32[3] and q: float32[4]."
        },
        {
            "sequences of two lengths",
            () => { var (p, q) = (T.FVector("p"), T.FVector("q")); Function.Compile([p, q], T.Scan([T.Zeros([])], [p, q], (c, e) => ([c[0] + e[0] * e[1]], [])).Last[0]).Invoke(Floats(3), Floats(4)); },
            typeof(ShapeException),
            "scan: the sequence q: float32[q.0] has q.0 elements for p.0 steps. Here q.0 is 4 and p.0 is 3."
        },
        {
            "a state that changes its shape",
            () => T.Scan([T.Zeros([3])], [T.FMatrix("p")], (c, e) => ([T.Sum(c[0])], [])),
            typeof(ShapeException),
            "scan: the step turns carry0: float32[3] into float32, and a carry keeps its shape. Begin with a value of that shape."
        },
        {
            "a negative repetition",
            () => T.Tile(s_a, -1),
            typeof(ShapeException),
            "broadcast(a: float64[3,4]) would have shape [1,3,-1,4]: sizes are from 0 to 2147483647."
        },
        {
            "a negative repetition, found by the call",
            () => { var (p, i) = (T.FVector("p"), T.LScalar("i")); Function.Compile([p, i], T.Repeat(p, i)).Invoke(Floats(3), Tensor.Scalar(-1L)); },
            typeof(ShapeException),
            "The size p.0*<i> is -3: sizes are from 0 to 2147483647."
        },
        {
            "padding that takes away more than there is",
            () => T.Pad(s_a, (-5, 0), (0, 0)),
            typeof(ShapeException),
            "pad(a: float64[3,4]) would have shape [-2,4]: sizes are from 0 to 2147483647."
        },
        {
            "a negative size",
            () => T.FMatrix("p", -1, 2),
            typeof(ShapeException),
            "'p' is declared float32[-1,2]: sizes are 0 or more. Give null for a size that is not known."
        },
        {
            "two inputs that share a size",
            () => { var (p, q) = (T.FMatrix("images", "batch", 4), T.LVector("labels", "batch")); Function.Compile([p, q], T.Sum(p) + T.Cast(T.Sum(q), DType.Float32)).Invoke(Floats(3, 4), Tensor.From([1L, 2])); },
            typeof(ShapeException),
            "Input 'labels' is int64[2]; it was declared int64[batch]: axis 0 is 2 and must be 3 (batch)."
        },
        {
            "an argument of another size",
            () => Function.Compile([s_v], s_v * 2).Invoke(Floats(6)),
            typeof(ShapeException),
            "Input 'v' is float32[6]; it was declared float32[5]: axis 0 is 6 and must be 5."
        },
        {
            "a shared variable of another size",
            () => { var s = T.Shared(Floats(3), "state"); s.SetValue(Floats(4)); },
            typeof(ShapeException),
            "Shared variable 'state' is float32[3]; the new value has shape [4]. Give T.Shared free dimensions (null) where the size may change."
        },
        {
            "an update of another size",
            () => { var s = T.Shared(Floats(3), "state"); Function.Compile([], [s], [(s, T.Concatenate([s, s], 0))]); },
            typeof(CompileException),
            "The update of shared variable 'state' must have its type float32[3], and concatenate@0(state, state): float32[6] differs along axis 0."
        },
        {
            "a size that was promised",
            () => { var p = T.FVector("p"); Function.Compile([p], T.SpecifyShape(p, 3)).Invoke(Floats(4)); },
            typeof(ShapeException),
            "broadcast(p: float32[p.0]) to [3]: axis 0 has size p.0, which is neither 1 nor 3. Here p.0 is 4."
        },
        {
            "a step of 0",
            () => { var i = T.LScalar("i"); Function.Compile([i], T.Arange(0, 10, i)).Invoke(Tensor.Scalar(0L)); },
            typeof(ShapeException),
            "The size (-10)//(<i>) divides by zero."
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);
}
