using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A step compiled for the processor: code that all calls share.</summary>
abstract class StepCode
{
    public static StepCode Of(Step step, CpuProgram program) => step switch
    {
        KernelStep { Columns: not null } kernel => new TiledKernelCode(kernel, program),
        KernelStep kernel => new KernelCode(kernel, program),
        BranchStep choice => new BranchCode(choice, program),
        LoopStep scan => new ScanCode(scan, program),
        LibraryStep { Op: Contract } contraction when contraction.Output.Buffer.DType.IsFloating() => new ContractCode(contraction, program),
        LibraryStep { Op: Convolution } convolution => new ConvolutionCode(convolution, program),
        LibraryStep { Op: Concat } concat => new ConcatCode(concat, program),
        LibraryStep { Op: RandomBits } bits => new RandomBitsCode(bits, program),
        LibraryStep scatter when ScatterAddCode.Fits(scatter) => new ScatterAddCode(scatter, program),
        LibraryStep library => new ReferenceCode(library, program),
        _ => throw new CompileException($"DeepSym broke an invariant: no code for {step}. Please report this."),
    };

    /// <summary>What the step needs to know about sizes.</summary>
    public abstract StepPlan Plan(DimBinding binding);

    /// <summary>The programs of the bodies of a loop or branch.</summary>
    public virtual IEnumerable<CpuProgram> Bodies => [];

    /// <summary>What one call at a time needs.</summary>
    public abstract StepState NewState();
}

/// <summary>The sizes of a step.</summary>
abstract class StepPlan;

/// <summary>The step within one arena.</summary>
abstract class StepState
{
    /// <summary>Makes the state fit sizes.</summary>
    public abstract void Use(StepPlan plan);

    /// <summary>Runs the step; <paramref name="pointers"/> has the place of every buffer of the program.</summary>
    public abstract void Run(nint[] pointers);
}
