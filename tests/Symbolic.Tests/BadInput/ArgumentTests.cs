namespace DeepSym.Tests.BadInput;

/// <summary>What is said of inputs, outputs and updates that do not belong together.</summary>
public sealed class ArgumentTests
{
    static readonly Variable s_v = T.FVector("v", 5);
    static readonly Variable s_a = T.DMatrix("a", 3, 4);
    static readonly Variable s_b = T.DMatrix("b", 4, 5);

    static readonly Mistakes s_all = new()
    {
        {
            "too few arguments",
            () => Function.Compile([s_a, s_b], T.Dot(s_a, s_b)).Invoke(Doubles(3, 4)),
            typeof(ArgumentException),
            "Function 'function' takes 2 inputs (a: float64[3,4], b: float64[4,5]), and 1 were given. (Parameter 'arguments')"
        },
        {
            "too many arguments",
            () => Function.Compile([s_v], s_v * 2).Invoke(Floats(5), Floats(5)),
            typeof(ArgumentException),
            "Function 'function' takes 1 inputs (v: float32[5]), and 2 were given. (Parameter 'arguments')"
        },
        {
            "an input that nothing uses",
            () => Function.Compile([s_v, s_a], s_v * 2),
            typeof(CompileException),
            "Function 'function': no output uses input 'a' (float64[3,4]). Remove it, or set CompileOptions.AllowUnusedInputs."
        },
        {
            "a variable that is no input",
            () => Function.Compile([s_v], s_a * 2),
            typeof(CompileException),
            "Function 'function' uses 'a' (float64[3,4]), which is no input. Add it to the inputs, or give it a value in givens."
        },
        {
            "an input listed twice",
            () => Function.Compile([s_a, s_a], s_a * 2),
            typeof(CompileException),
            "Function 'function': input 'a' is listed twice."
        },
        {
            "two updates of one variable",
            () => { var s = T.Shared(Floats(3), "state"); Function.Compile([], [s], [(s, s * 2), (s, s + 1)]); },
            typeof(CompileException),
            "Function 'function': shared variable 'state' has 2 updates."
        },
        {
            "the gradient in what the cost does not need",
            () => T.Grad(T.Sum(s_a), s_b),
            typeof(GradientException),
            "No gradient flows from 'the cost' to 'b': b does not occur in it. Pass disconnected: Disconnected.Zero to get zeros."
        },
        {
            "a loop of no length",
            () => T.Scan(e => e[0], [], [s_a], []),
            typeof(ShapeException),
            "scan: without sequences the number of steps must be given."
        },
        {
            "a result of no operand",
            () => T.Einsum("ij,jk->il", s_a, s_b),
            typeof(ArgumentException),
            "einsum(\"ij,jk->il\"): the result names 'l', which no operand has."
        },
        {
            "operands that are not named",
            () => T.Einsum("ij,jk->ik", s_a),
            typeof(ArgumentException),
            "einsum(\"ij,jk->ik\"): it names 2 operands, and 1 were given."
        },
        {
            "a negative number of threads",
            () => Function.Compile([s_v], s_v * 2, options: new CompileOptions { Threads = -1 }),
            typeof(ArgumentOutOfRangeException),
            "CompileOptions.Threads is -1; it must be 0 (one for each processor) or more. (Parameter 'Threads')"
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);

    static Tensor Doubles(params int[] shape) => Tensor.Zeros<double>(shape);
}
