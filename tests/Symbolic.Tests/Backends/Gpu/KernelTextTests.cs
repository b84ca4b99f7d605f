using System.Globalization;
using System.Text.RegularExpressions;
using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Tests.Laws;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>
/// What devices are given for a dozen programs, as PTX and as OpenCL C, made without a device and compared with what is stored; accepted on purpose by
/// running with DEEPSYM_ACCEPT=1.
/// </summary>
public sealed partial class KernelTextTests
{
    static readonly Lazy<Context> Compiling = new(() => Context.Create(builder => builder.CPU().Optimize(OptimizationLevel.O1)));

    public static TheoryData<string> Names => StageTests.Names;

    [Theory, MemberData(nameof(Names))]
    public void Kernels_of_a_program_are_those_that_were_accepted(string name)
    {
        var (inputs, outputs, updates) = StageTests.Programs[name]();
        var program = (GpuProgram)Compiler.Compile(new Graph([.. inputs.Select(i => i.Variable)], [.. outputs], [.. updates]), CompileOptions.Default, Backend.Simulated);
        var (assembly, source) = Texts(program);
        if (assembly.Length == 0) return;
        StoredText.Compare(Path.Combine("kernels", name + ".ptx"), assembly);
        StoredText.Compare(Path.Combine("kernels", name + ".cl"), source);
    }

    // What no dozen programs have: only whether ILGPU takes it.
    static readonly Dictionary<string, Expr> Rare = new()
    {
        ["functions without vector code"] = T.Gamma(Y) + T.GammaLn(Y) + T.Digamma(Y) + T.Polygamma(2, Y) + T.GammaInc(2, Y) + T.GammaIncC(2, Y) + T.BesselJ(1.5, Y) + T.BesselI(0.5, Y),
        ["large arguments"] = T.Sin(X) + T.Cos(X) + T.Tan(X) + T.Mod(X, 3) + T.Pow(X, 1.5),
        ["narrow types"] = T.Sum(T.Cast(T.Cast(X, DType.Float16) * 2, DType.Int8) + T.Cast(T.Cast(X, DType.UInt64) / 3, DType.Int8)),
        ["bfloat16 and unsigned"] = T.Cast(T.Cast(X, DType.BFloat16) * T.Cast(X, DType.UInt16), DType.UInt32) + T.Cast(X, DType.UInt8),
        ["extremes"] = T.ArgMax(X, 0) + T.ArgMin(T.Cast(X, DType.Int32), 1),
        ["order"] = T.ArgSort(X, 1) + T.ArgSort(T.Cast(X, DType.Int64), 0),
        ["recurrences"] = T.CumSum(X, 0) + T.CumProd(X, 1) + T.CumSum(T.Cast(X, DType.Int32), 0),
        ["searches"] = T.SearchSorted(T.Flatten(X), X) + X.With([T.Constant(Tensor.From([1L, 1]))], X[..2]),
        ["places"] = T.FlatNonZero(X > 0),
    };

    static Variable X => T.FMatrix("x", 5, 5);

    static Variable Y => T.DMatrix("y", 5, 5);

    public static TheoryData<string> RareNames => [.. Rare.Keys];

    [Theory, MemberData(nameof(RareNames))]
    public void What_few_programs_have_compiles_for_devices_too(string name)
    {
        var program = (GpuProgram)Compiler.Compile(new Graph([.. Traversal.Leaves([Rare[name]]).OfType<Variable>()], [Rare[name]], []), CompileOptions.Default, Backend.Simulated);
        Assert.Empty(program.Steps.OfType<HostStep>());
        var (assembly, source) = Texts(program);
        Assert.NotEmpty(assembly);
        Assert.NotEmpty(source);
        Assert.DoesNotContain("half", source, StringComparison.Ordinal);   // not every device has those
    }

    static (string Assembly, string Source) Texts(GpuProgram program)
    {
        var methods = program.Steps.SelectMany(step => step.Kernels).Select(kernel => kernel.Method).ToArray();
        Assert.NotEmpty(methods);
        var assembly = Ptx(methods);
        Assert.DoesNotContain(".approx", assembly, StringComparison.Ordinal);   // functions of few digits
        using var opencl = new CLBackend(Compiling.Value, new CLCapabilityContext(false, true, true, false, true), CLDeviceVendor.Other, CLCVersion.CL20);
        Assert.NotEmpty(Text(opencl, methods, kernel => ((CLCompiledKernel)kernel).Source));
        // In products ILGPU orders the moves between many registers in another way each time; ProductTileTests looks at those.
        methods = [.. methods.Where(method => method.Name != "Product")];
        return (Ptx(methods), Text(opencl, methods, kernel => ((CLCompiledKernel)kernel).Source));
    }

    static string Text(ILGPU.Backends.Backend backend, System.Reflection.MethodInfo[] methods, Func<CompiledKernel, string> text) =>
        string.Join("\n\n", methods.Select(method => Renumbered(WithSortedMoves(WithNumberedRegisters(text(backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default)))))));

    // What a loop carries gets registers in an order that ILGPU does not fix: they are numbered as other instructions name them, and declarations are left out.
    static string WithNumberedRegisters(string text)
    {
        string[] lines = [.. text.Split('\n').Where(line => !Declaration().IsMatch(line))];
        var (names, counts) = (new Dictionary<string, string>(), new Dictionary<string, int>());
        foreach (Match match in lines.Where(line => !Move().IsMatch(line)).Concat(lines.Where(line => Move().IsMatch(line))).SelectMany(line => Register().Matches(line)))
        {
            var kind = match.Groups[1].Value;
            if (names.TryAdd(match.Value, kind + (counts.GetValueOrDefault(kind) + 1))) counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }
        return Register().Replace(string.Join('\n', lines), match => names[match.Value]);
    }

    [GeneratedRegex(@"(%[a-z]+|\bvar)\d+")]
    private static partial Regex Register();

    [GeneratedRegex(@"^\s*\w+ var\d+;\s*$")]
    private static partial Regex Declaration();

    // Moves between registers that follow each other come in an order that it does not fix either.
    static string WithSortedMoves(string text)
    {
        string[] lines = text.Split('\n');
        for (int begin = 0, end; begin < lines.Length; begin = end + 1)
        {
            for (end = begin; end < lines.Length && Move().IsMatch(lines[end]);) end++;
            Array.Sort(lines, begin, end - begin, StringComparer.Ordinal);
        }
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"^\s*(mov\.\w+\s.*|\w+ = -?[\w.]+);\s*$")]
    private static partial Regex Move();

    // Names carry numbers that count everything ILGPU has compiled before: they become their order in the text.
    static string Renumbered(string text)
    {
        var numbers = new Dictionary<string, int>();
        return NumberInName().Replace(text, match =>
        {
            if (!numbers.TryGetValue(match.Value, out var number)) numbers[match.Value] = number = numbers.Count;
            return number.ToString(CultureInfo.InvariantCulture);
        });
    }

    [GeneratedRegex(@"(?<=[A-Za-z]_)\d+")]
    private static partial Regex NumberInName();

    /// <summary>Kernels as NVIDIA devices are given them.</summary>
    internal static string Ptx(System.Reflection.MethodInfo[] methods)
    {
        using var backend = new PTXBackend(Compiling.Value, new CudaCapabilityContext(CudaArchitecture.SM_75), CudaArchitecture.SM_75, CudaInstructionSet.ISA_70, null);
        return Text(backend, methods, kernel => ((PTXCompiledKernel)kernel).PTXAssembly);
    }
}
