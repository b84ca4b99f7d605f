using DeepSym.Backends.Cpu;
using DeepSym.Backends.Gpu;
using DeepSym.Kernels;
using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>How a function is compiled and run. All defaults are right for most programs.</summary>
public sealed record CompileOptions
{
    /// <summary>The options that a function has when none are given.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>Where the function runs; the CPU by default. Nothing else in a program changes.</summary>
    public Backend Backend { get; init; } = Backend.Cpu;

    /// <summary>Which of the devices of the backend, as <see cref="ComputeDevice.All"/> counts them. Default 0.</summary>
    public int DeviceNumber { get; init; }

    /// <summary>Which rewrites may change numbers; <see cref="Numerics.Default"/> by default.</summary>
    public Numerics Numerics { get; init; } = Numerics.Default;

    /// <summary>How many threads a call may use; 0, the default, is one for each processor. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Whether arguments are converted even when a value could be lost (float64 into float32, for example); false by default.</summary>
    public bool AllowDowncast { get; init; }

    /// <summary>Whether inputs that no output uses are accepted; false by default, because they are usually mistakes.</summary>
    public bool AllowUnusedInputs { get; init; }

    /// <summary>
    /// Whether devices may add up what goes to the same place (the gradient of an embedding, <see cref="Expr.Add"/>) in whatever order their threads
    /// come, by atomic additions: faster where much is added, and sums of floats differ in their last digits from call to call. False by default: results are always the same.
    /// </summary>
    public bool AllowAtomicSums { get; init; }

    /// <summary>
    /// Whether in every call each kernel and each rewrite is compared with the interpreter, and the first that differs is named; slow, for finding compiler errors; false by
    /// default. (Theano: DebugMode.)
    /// </summary>
    public bool Check { get; init; }

    /// <summary>Whether calls are timed step by step, see <see cref="Function.Profile"/>; false by default.</summary>
    public bool Profile { get; init; }

    /// <summary>Which values that are not finite are errors, that name the first expression that has one; none by default. Slow: every value is looked at. (Theano: NanGuardMode.)</summary>
    public NaNGuard NaNGuard { get; init; }

    /// <summary>A folder into which each stage of compilation that changed something writes its text; null, the default, writes nothing.</summary>
    public string? Dump { get; init; }

    /// <summary>The name of the function in messages and dumps.</summary>
    public string Name { get; init; } = "function";

    /// <summary>The last table of rewrites; tests put wrong rules into it.</summary>
    internal RuleSet Simplify { get; init; } = Tables.Simplify;

    /// <summary>Other code for some steps than the backend's own; tests put wrong kernels here.</summary>
    internal Func<Step, CpuProgram, StepCode?>? Code { get; init; }

    /// <summary>The device itself; tests give one of their own.</summary>
    internal GpuDevice? Device { get; init; }

    internal Watching Watching => new(Check, NaNGuard, Profile);

    internal int ThreadCount => Threads switch
    {
        0 => Environment.ProcessorCount,
        > 0 => Threads,
        _ => throw new ArgumentOutOfRangeException(nameof(Threads), $"CompileOptions.Threads is {Threads}; it must be 0 (one for each processor) or more."),
    };
}

/// <summary>Which values that are not finite are errors: see <see cref="CompileOptions.NaNGuard"/>.</summary>
public enum NaNGuard
{
    /// <summary>None.</summary>
    Off,

    /// <summary>NaN.</summary>
    NaN,

    /// <summary>NaN and infinities.</summary>
    NaNOrInfinity,
}

/// <summary>Where functions run.</summary>
public enum Backend
{
    /// <summary>Fused SIMD code on the processor.</summary>
    Cpu,

    /// <summary>Node by node in plain loops: the definition of what expressions mean, slow.</summary>
    Interpreter,

    /// <summary>An NVIDIA device, through its driver.</summary>
    Cuda,

    /// <summary>An OpenCL device.</summary>
    OpenCL,

    /// <summary>The code for devices, run on the processor by ILGPU's simulation: for tests, very slow.</summary>
    Simulated,

    /// <summary>CUDA where there is a device, or else an OpenCL device that is not the processor, or else as <see cref="Cpu"/>, which is said once on the error output.</summary>
    Auto,
}
