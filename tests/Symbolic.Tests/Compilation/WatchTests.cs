using System.Runtime.CompilerServices;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using DeepSym.Rewriting;
using static DeepSym.Rewriting.Hole;

namespace DeepSym.Tests.Compilation;

/// <summary>What can be watched while a function runs: values that are not finite, and what kernels and rewrites make of it.</summary>
public sealed class WatchTests
{
    static readonly CompileOptions Guarded = new() { NaNGuard = NaNGuard.NaN };

    [Fact]
    public void The_NaN_guard_names_the_first_bad_expression_within_a_kernel()
    {
        using var scope = Origins.Record();
        var x = T.DMatrix("x", "n", 3);
        var root = T.Sqrt(x - 1); var line = Line();
        var y = T.Sum(T.Exp(root) * 2 + x);
        var f = Function.Compile([x], y, options: Guarded);
        Assert.Equal(Math.Exp(1) * 6 + 6, f.Invoke(Tensor.Full(2.0, 1, 3))[0].ToScalar<double>() - 6 + 6, 1e-9);
        var error = Assert.Throws<NonFiniteException>(() => f.Invoke(Tensor.From([2.0, 0.5, 3], 1, 3)));
        Assert.Equal($"""
            NaN guard: sqrt(x - 1): float64[n,3] (WatchTests.cs:{line}) is NaN at [0, 1], where
                x + -1 is float64[1,3] from -0.5 to 2
            """, error.Message);
    }

    [Fact]
    public void The_NaN_guard_names_inputs_and_shared_variables()
    {
        var (x, w) = (T.DVector("x"), T.Shared(Tensor.From([1.0, double.NaN]), "w"));
        Assert.Equal("NaN guard: input 'x' is NaN at [0] (2 of 2 elements are not finite).",
            Assert.Throws<NonFiniteException>(() => Function.Compile([x], x * 2, options: Guarded).Invoke(Tensor.From([double.NaN, double.NaN]))).Message);
        Assert.Equal("NaN guard: shared variable 'w' is NaN at [1].", Assert.Throws<NonFiniteException>(() => Function.Compile([x], x * w, options: Guarded).Invoke(Tensor.Ones<double>(2))).Message);
    }

    [Fact]
    public void Infinities_are_errors_only_when_asked_and_a_failed_call_updates_nothing()
    {
        var (x, w) = (T.DVector("x"), T.Shared(Tensor.Ones<double>(2), "w"));
        var point = Tensor.From([0.0, 1]);
        Assert.Equal(double.PositiveInfinity, Function.Compile([x], 1 / x, options: Guarded).Invoke(point)[0].ToArray<double>()[0]);
        var f = Function.Compile([x], [], [(w, w / x)], options: new CompileOptions { NaNGuard = NaNGuard.NaNOrInfinity });
        Assert.StartsWith("NaN guard: w / x: float64[2] is infinite at [0]", Assert.Throws<NonFiniteException>(() => f.Invoke(point)).Message, StringComparison.Ordinal);
        Assert.Equal([1.0, 1], w.GetValue().ToArray<double>());
    }

    [Fact]
    public void The_NaN_guard_looks_into_loops()
    {
        var x = T.DVector("x");
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0]) + T.Sqrt(carry[0] - xs[0])], []));
        var error = Assert.Throws<NonFiniteException>(() => Function.Compile([x], last[0], options: Guarded).Invoke(Tensor.From([0.0, 9])));
        Assert.StartsWith("NaN guard: sqrt(", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n  in a step of scan(", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guarded_function_computes_what_an_unguarded_one_does()
    {
        var x = T.FMatrix("x", "n", 20);
        var (w, b) = (T.Shared(Tensor.Full(0.1f, 20, 8), "w"), T.Shared(Tensor.Full(0.2f, 8), "b"));
        var loss = T.Mean(T.Sqr(T.Softmax(T.Tanh(T.Dot(x, w) + b))));
        var (gw, gb) = T.Grad(loss, w, b);
        var values = Tensor.From([.. Enumerable.Range(0, 100).Select(i => (float)Math.Sin(i))], 5, 20);
        var results = new List<float[]>();
        foreach (var options in new[] { CompileOptions.Default, Guarded, new CompileOptions { Check = true }, new CompileOptions { Profile = true } })
        {
            w.SetValue(Tensor.Full(0.1f, 20, 8));
            b.SetValue(Tensor.Full(0.2f, 8));
            var f = Function.Compile([x], [loss], [(w, w - 0.5 * gw), (b, b - 0.5 * gb)], options: options);
            for (var i = 0; i < 3; i++) f.Invoke(values);
            results.Add([f.Invoke(values)[0].ToScalar<float>(), .. w.GetValue().ToArray<float>(), .. b.GetValue().ToArray<float>()]);
        }
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void Check_mode_names_a_wrong_rule()
    {
        var x = T.DVector("x");
        RuleSet wrong = [new Equation("a wrong rule", T.Sin(X), T.Cos(X), Promise.Exact), .. Tables.Simplify];
        var f = Function.Compile([x], T.Exp(T.Sin(x)) + 1, options: new CompileOptions { Check = true, Simplify = wrong });
        var error = Assert.Throws<CompileException>(() => f.Invoke(Tensor.Zeros<double>(2)));
        Assert.Equal("DeepSym broke an invariant: the rule 'a wrong rule' put cos(x): float64[x.0] in the place of sin(x): float64[x.0]; element 0 is 1 where it was 0. Please report this.", error.Message);
    }

    [Fact]
    public void Check_mode_names_a_rule_that_is_wrong_within_a_loop()
    {
        var (x, w) = (T.DMatrix("x", "n", 2), T.DVector("w", 2));
        var (last, _) = T.Scan([w], [x], (carry, xs) => ([T.Tanh(T.Sin(carry[0]) * xs[0])], []));
        RuleSet wrong = [new Equation("a wrong rule", T.Sin(X), X, Promise.Exact), .. Tables.Simplify];
        var options = new CompileOptions { Check = true };
        Tensor[] arguments = [Tensor.Ones<double>(3, 2), Tensor.Ones<double>(2)];
        Function.Compile([x, w], last[0], options: options).Invoke(arguments);
        var error = Assert.Throws<CompileException>(() => Function.Compile([x, w], last[0], options: options with { Simplify = wrong }).Invoke(arguments));
        Assert.StartsWith("DeepSym broke an invariant: the rule 'a wrong rule' put ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_mode_names_a_wrong_kernel()
    {
        var x = T.DMatrix("x", 2, 2);
        var y = T.Exp(x).Named("weights");
        var options = new CompileOptions { Check = true, Code = (step, program) => step is KernelStep ? new ZeroCode(step, program) : null };
        var error = Assert.Throws<CompileException>(() => Function.Compile([x], T.Dot(y, y), options: options).Invoke(Tensor.Zeros<double>(2, 2)));
        Assert.StartsWith("DeepSym broke an invariant: the kernel of weights: float64[2,2] gives 0 at element 0, and the interpreter 1. Please report this with\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_mode_looks_into_loops()
    {
        var x = T.DVector("x");
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0]) * xs[0]], []));
        Assert.Equal(0, Function.Compile([x], last[0], options: new CompileOptions { Check = true }).Invoke(Tensor.Zeros<double>(2))[0].ToScalar<double>());
        var options = new CompileOptions { Check = true, Code = (step, program) => step is KernelStep && program.IsBody ? new ZeroCode(step, program) : null };
        var error = Assert.Throws<CompileException>(() => Function.Compile([x], last[0], options: options).Invoke(Tensor.Ones<double>(2)));
        Assert.StartsWith("DeepSym broke an invariant: the kernel of tanh(carry0) * x[t]: float64 gives 0 at element 0, and the interpreter 0.46", error.Message, StringComparison.Ordinal);
    }

    static int Line([CallerLineNumber] int line = 0) => line;

    // Writes zeros, whatever the step should write.
    sealed class ZeroCode(Step step, CpuProgram program) : StepCode
    {
        public override StepPlan Plan(DimBinding binding) => new Sizes { Bytes = [.. step.Writes.Select(b => binding.Evaluate(b.Length) * b.DType.Size())] };

        public override StepState NewState() => new State([.. step.Writes.Select(b => program.Buffers.IndexOf(b))]);

        sealed class Sizes : StepPlan
        {
            public required long[] Bytes { get; init; }
        }

        sealed class State(int[] buffers) : StepState
        {
            long[] _bytes = [];

            public override void Use(StepPlan plan) => _bytes = ((Sizes)plan).Bytes;

            public override void Run(nint[] pointers)
            {
                for (var i = 0; i < buffers.Length; i++)
                    for (var at = 0; at < _bytes[i]; at++) System.Runtime.InteropServices.Marshal.WriteByte(pointers[buffers[i]], at, 0);
            }
        }
    }
}
