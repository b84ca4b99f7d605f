using System.Globalization;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Looks for values that are not finite in what a call gets and in what each step writes; the error names the first expression that has one.</summary>
static class NaNCheck
{
    /// <summary>Looks at the arguments and shared variables of a call.</summary>
    public static void Leaves(CpuProgram program, CpuPlan plan, nint[] pointers)
    {
        foreach (var buffer in program.Buffers)
            if (buffer.Kind is BufferKind.Input or BufferKind.Shared && buffer.DType.IsFloating() && StepReplay.Copy(program, plan, buffer, pointers) is var value && Find(value, program.Watching.NaNGuard) is var at and >= 0)
                throw new NonFiniteException($"NaN guard: {(buffer.Kind == BufferKind.Input ? "input" : "shared variable")} '{buffer.Value!.Name}' {What(value, at)}.");
    }

    /// <summary>Looks at what a step has written, and for the first expression within it that is not finite.</summary>
    public static void Step(CpuProgram program, CpuPlan plan, Step step, nint[] pointers)
    {
        foreach (var buffer in step.Writes)
        {
            if (!buffer.DType.IsFloating() || StepReplay.Copy(program, plan, buffer, pointers) is var value && Find(value, program.Watching.NaNGuard) is var at && at < 0) continue;
            if (step is KernelStep or LibraryStep) StepReplay.Run(program, plan, step, pointers, (node, operands, result) => Look(program, node, operands, result));
            throw new NonFiniteException($"NaN guard: {Named(program, buffer.Value!)} {What(value, Find(value, program.Watching.NaNGuard))}.");
        }
    }

    static void Look(CpuProgram program, Expr node, Tensor[] operands, Tensor result)
    {
        if (!result.DType.IsFloating() || node is Leaf || Find(result, program.Watching.NaNGuard) is var at && at < 0) return;
        if (node.Op is ViewOp or Project) return;   // it only moves what something else has computed
        throw new NonFiniteException($"NaN guard: {Named(program, node)} {What(result, Find(result, program.Watching.NaNGuard))}{Failure.Operands(node, operands)}");
    }

    static string Named(CpuProgram program, Expr node) => program.Sources.Describe(node, program.Graph.Roots);

    // The first element that is not allowed, or -1.
    static long Find(Tensor value, NaNGuard guard)
    {
        for (var i = 0L; i < value.Length; i++)
            if (value.Number(i).Real is var real && (guard == NaNGuard.NaN ? double.IsNaN(real) : !double.IsFinite(real))) return i;
        return -1;
    }

    static string What(Tensor value, long at)
    {
        var count = 0L;
        for (var i = 0L; i < value.Length; i++)
            if (!double.IsFinite(value.Number(i).Real)) count++;
        var place = new long[value.Rank];
        var rest = at;
        for (var axis = value.Rank - 1; axis >= 0; axis--) (rest, place[axis]) = Math.DivRem(rest, value.Shape[axis]);
        var where = value.Rank == 0 ? "" : $" at [{string.Join(", ", place)}]{(count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({count} of {value.Length} elements are not finite)") : "")}";
        return $"is {value.Number(at).Real switch { double.NaN => "NaN", > 0 => "infinite", _ => "minus infinite" }}{where}";
    }
}
