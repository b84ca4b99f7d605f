using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>Tensors copied into parts of another on a device: concatenation.</summary>
static class CopyKernels
{
    /// <summary>The kernels of a concatenation, one for each input; none when the step is something else.</summary>
    public static ImmutableArray<KernelStep> Of(LibraryStep step)
    {
        if (step.Op is not Concat { Axis: var axis }) return [];
        var kernels = ImmutableArray.CreateBuilder<KernelStep>();
        var start = Dim.Zero;
        foreach (var input in step.Inputs)
        {
            kernels.Add(Into(step.Output, input, axis, start));
            start += input.Shape[axis];
        }
        return kernels.ToImmutable();
    }

    /// <summary>Copies a tensor into another of the same rank, from a place along an axis on.</summary>
    public static KernelStep Into(Operand target, Operand source, int axis, Dim start)
    {
        Dim[] extents = [.. source.Shape, Dim.One];
        var strides = SymbolicAccess.StridesOf(target.Shape, dim => dim);
        var value = KernelVariables.Get(0, source.Buffer.DType);
        return NestAssembler.Assemble([.. extents], [.. Enumerable.Range(0, source.Shape.Rank)], isColumnar: source.Shape.Rank > 0,
            [new SymbolicLoad(value, Access(source.Buffer, Dim.Zero, SymbolicAccess.StridesOf(source.Shape, dim => dim))),
             new SymbolicStore(Access(target.Buffer, strides.Length == 0 ? Dim.Zero : start * strides[axis], strides), value, null)], NoParameters);

        SymbolicAccess Access(Kernels.Buffer buffer, Dim offset, Dim[] steps) =>
            new(buffer, offset, steps.Select((step, i) => new SymbolicTerm(i, step)).Where(t => !extents[t.Axis].IsOne).ToEquatable(), [], []);
    }

    /// <summary>For kernels without literals.</summary>
    public static int NoParameters(Kernels.Buffer buffer, Expr value) => throw new CompileException("DeepSym broke an invariant: a copy has no parameters. Please report this.");
}
