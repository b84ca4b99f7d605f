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
        var methods = program.Steps.SelectMany(step => step.Kernels).Select(kernel => kernel.Method).ToArray();
        Assert.NotEmpty(methods);
        using var ptx = new PTXBackend(Compiling.Value, new CudaCapabilityContext(CudaArchitecture.SM_75), CudaArchitecture.SM_75, CudaInstructionSet.ISA_70, null);
        var assembly = Text(ptx, methods, kernel => ((PTXCompiledKernel)kernel).PTXAssembly);
        Assert.DoesNotContain(".approx", assembly, StringComparison.Ordinal);   // functions of few digits
        StoredText.Compare(Path.Combine("kernels", name + ".ptx"), assembly);
        using var opencl = new CLBackend(Compiling.Value, new CLCapabilityContext(false, true, true, false, true), CLDeviceVendor.Other, CLCVersion.CL20);
        StoredText.Compare(Path.Combine("kernels", name + ".cl"), Text(opencl, methods, kernel => ((CLCompiledKernel)kernel).Source));
    }

    static string Text(ILGPU.Backends.Backend backend, System.Reflection.MethodInfo[] methods, Func<CompiledKernel, string> text) =>
        string.Join("\n\n", methods.Select(method => Renumbered(text(backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default)))));

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
}
