using DeepSym.Backends.Cpu;

namespace DeepSym.Backends;

/// <summary>A compiled graph: runs on values, in several threads at once if need be.</summary>
abstract class Executable
{
    /// <summary>The graph that runs: rewritten, if the backend rewrites.</summary>
    public abstract Graph Graph { get; }

    /// <summary>The schedule, as it is on the processor; null for the interpreter.</summary>
    public virtual CpuProgram? Host => null;

    /// <summary>
    /// Computes the outputs from the inputs (whose dtypes and ranks are right) and updates the shared variables. An output that is null is
    /// allocated; one that is given must have the right dtype and shape. A call that throws has changed no shared variable.
    /// </summary>
    public abstract void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs);

    /// <summary>The same; <paramref name="meanwhile"/> is called when the inputs may be changed, and runs while a device computes. It must not call functions.</summary>
    public virtual void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, Action meanwhile)
    {
        Run(inputs, outputs);
        meanwhile();
    }

    /// <summary>Gives back the memory that is kept for further calls.</summary>
    public virtual void Release()
    {
    }
}
