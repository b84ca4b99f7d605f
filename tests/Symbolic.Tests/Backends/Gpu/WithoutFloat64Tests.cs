using System.Text.RegularExpressions;
using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>A device without float64: what needs it runs on the processor, and no kernel of the rest has a float64 in it.</summary>
public sealed class WithoutFloat64Tests
{
    static readonly GpuDevice Device = Devices.Simulated(hasFloat64: false);

    static readonly Variable X = T.FMatrix("x", "n", "k"), Y = T.DMatrix("y", "n", "k");

    static readonly Dictionary<string, Expr> Programs = new()
    {
        ["large angles"] = T.Sin(X) + 1,
        ["large angles after a product"] = T.Sin(T.Dot(X, X.Transpose())),
        ["casts"] = T.Cast(T.Cast(X * 100, DType.UInt32), DType.Float32) + T.Cast(T.Cast(X, DType.UInt64), DType.Float32) + T.Cast(T.Cast(X, DType.Int8), DType.Float32),
        ["sums that are carried on"] = T.CumSum(X, 0),
        ["sums of doubles"] = T.Sum(Y, 0) + 1,
        ["order of doubles"] = T.ArgSort(Y, 1),
        ["largest of doubles"] = T.ArgMax(Y, 1),
        ["doubles side by side"] = T.Concatenate([Y, Y], 0),
        ["doubles at places"] = T.Zeros([3, Y.Shape[1]], DType.Float64).Add([T.Constant(Tensor.From(new[] { 0L, 2, 0, 1, 1 }))], Y),
        ["products of doubles"] = T.Dot(Y, Y.Transpose()),
        ["softmax"] = T.Softmax(X),
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_program_gives_the_same_without_float64(string name)
    {
        var value = Programs[name];
        var input = Traversal.Leaves([value]).OfType<Variable>().Single();
        var argument = Numerically.Draw(3, 5, 4).To(input.DType);
        using Function here = Function.Compile([input], value), there = Function.Compile([input], value, options: new CompileOptions { Device = Device });
        Numerically.Close(here.Invoke(argument)[0], there.Invoke(argument)[0], Tolerances.Function(value.DType));
        var program = (GpuProgram)Compiler.Compile(new Graph([input], [value], []), new CompileOptions { Device = Device }, Backend.Simulated);
        Assert.DoesNotMatch(new Regex(@"\.f64|%fd"), KernelTextTests.Ptx([.. program.Steps.SelectMany(step => step.Kernels).Select(kernel => kernel.Method)]));
    }
}
