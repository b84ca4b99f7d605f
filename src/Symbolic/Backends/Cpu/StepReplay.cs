using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A step once more, by the interpreter, expression by expression, from what the step has read: to find out where it went wrong.</summary>
static unsafe class StepReplay
{
    /// <summary>Computes what the step computes; <paramref name="computed"/> is told of every expression within it. Throws what an expression throws, with its name.</summary>
    public static void Run(CpuProgram program, CpuPlan plan, Step step, nint[] pointers, Action<Expr, Tensor[], Tensor>? computed = null)
    {
        var known = new Dictionary<Expr, Tensor>();
        foreach (var buffer in step.Reads)
            if (buffer.Value is { } value && !step.Writes.Contains(buffer)) known[value] = Copy(program, plan, buffer, pointers);
        Interpreter.Evaluate([.. step.Writes.Select(buffer => buffer.Value!).Distinct()], known, plan.Binding, node => program.Sources.Describe(node, program.Graph.Roots), computed);
    }

    /// <summary>The value of a buffer.</summary>
    public static Tensor Copy(CpuProgram program, CpuPlan plan, Kernels.Buffer buffer, nint[] pointers)
    {
        var copy = Tensor.Empty(buffer.Value!.DType, plan.Binding.Evaluate(buffer.Value.Shape));
        System.Buffer.MemoryCopy((void*)pointers[program.Buffers.IndexOf(buffer)], copy.Pointer, copy.Bytes, copy.Bytes);
        return copy;
    }

    // Whether some of what was read is no more.
    static bool Overwrites(CpuProgram program, Step step) => step.Reads.Any(read => !step.Writes.Contains(read) && step.Writes.Any(written => program.Memory.RegionOf(written) is var region
        && (read.Kind == BufferKind.Computed ? program.Memory.RegionOf(read) == region : region.Shared is not null && region.Shared == read.Value)));

    /// <summary>The error with the expression in which it occurred, as far as that can be found out.</summary>
    public static Exception Explain(Exception error, CpuProgram program, CpuPlan plan, Step step, nint[] pointers)
    {
        try
        {
            if (step is KernelStep or LibraryStep && !Overwrites(program, step)) Run(program, plan, step, pointers);
        }
        catch (Exception named) when (Failure.CanBeNamed(named) && named.GetType() == error.GetType())
        {
            return named;
        }
        var value = step.Writes[0].Value!;
        return Failure.With(error, $"  in {(step is LoopStep ? "a step of " : "")}{program.Sources.Describe(step is LoopStep or BranchStep ? value.Inputs[0] : value, program.Graph.Roots)}");
    }
}
