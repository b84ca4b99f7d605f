using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Compares what each step has written with what the interpreter computes from the arguments of the call; the first step that differs is named.</summary>
static class KernelCheck
{
    /// <summary>What every step should write.</summary>
    public static Dictionary<Expr, Tensor> Expect(CpuProgram program, CpuPlan plan, nint[] pointers)
    {
        var known = new Dictionary<Expr, Tensor>();
        foreach (var buffer in program.Buffers)
            if (buffer.Kind is BufferKind.Input or BufferKind.Shared) known[buffer.Value!] = StepReplay.Copy(program, plan, buffer, pointers);
        Expr[] values = [.. program.Schedule.Steps.SelectMany(step => step.Writes).Select(buffer => buffer.Value!).Distinct()];
        return values.Zip(Interpreter.Evaluate(values, known, plan.Binding, node => program.Sources.Describe(node, program.Graph.Roots))).ToDictionary();
    }

    /// <summary>Compares one step.</summary>
    /// <exception cref="CompileException">It has written something else.</exception>
    public static void Compare(CpuProgram program, CpuPlan plan, Step step, Dictionary<Expr, Tensor> values, nint[] pointers)
    {
        foreach (var buffer in step.Writes.GroupBy(program.Memory.RegionOf).Select(written => written.Last()))   // an epilogue may write over its product
        {
            var (expected, got) = (values[buffer.Value!], StepReplay.Copy(program, plan, buffer, pointers));
            for (var i = 0L; i < got.Length; i++)
            {
                var (x, y) = (got.Number(i), expected.Number(i));
                if (AreClose(x, y, got.DType)) continue;
                throw new CompileException($"DeepSym broke an invariant: the kernel of {program.Sources.Describe(buffer.Value!, program.Graph.Roots)} gives {Show(x)} at element {i}, and the interpreter {Show(y)}. Please report this with\n{buffer.Value}");

                string Show(Number n) => Text(n, got.DType);
            }
        }
    }

    /// <summary>A number as text.</summary>
    public static string Text(Number number, DType dtype) => dtype.IsFloating() ? number.Real.ToString("R") : number.Integer.ToString();

    /// <summary>Whether two numbers are the same but for rounding.</summary>
    public static bool AreClose(Number got, Number expected, DType dtype)
    {
        if (!dtype.IsFloating()) return got.Integer == expected.Integer;
        if (double.IsNaN(expected.Real) || double.IsInfinity(expected.Real)) return got.Real.Equals(expected.Real);
        var tolerance = dtype switch { DType.Float64 => 1e-10, DType.Float32 => 1e-4, DType.Float16 => 1e-2, _ => 5e-2 };
        return Math.Abs(got.Real - expected.Real) <= tolerance * (1 + Math.Abs(expected.Real));
    }
}
