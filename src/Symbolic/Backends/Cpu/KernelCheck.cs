using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Compares what a step has written with what the interpreter computes for the same expressions; the first step that differs is named.</summary>
static unsafe class KernelCheck
{
    public static void Compare(CpuProgram program, Step step, ReadOnlySpan<Tensor> inputs, nint[] pointers)
    {
        var leaves = new Dictionary<Leaf, Tensor>();
        for (var i = 0; i < inputs.Length; i++) leaves[program.Graph.Inputs[i]] = inputs[i];
        foreach (var buffer in step.Writes.GroupBy(program.Memory.RegionOf).Select(written => written.Last()))   // an epilogue may write over its product
        {
            var expected = Interpreter.Evaluate([buffer.Value!], leaves)[0];
            var got = Tensor.Empty(expected.DType, expected.Shape);
            System.Buffer.MemoryCopy((void*)pointers[program.Buffers.IndexOf(buffer)], got.Pointer, got.Bytes, got.Bytes);
            for (var i = 0L; i < got.Length; i++)
            {
                var (x, y) = (got.Number(i), expected.Number(i));
                if (AreClose(x, y, got.DType)) continue;
                throw new CompileException($"DeepSym broke an invariant: the kernel of {buffer.Value!.Describe()} gives {Show(x)} at element {i}, and the interpreter {Show(y)}. Please report this with\n{buffer.Value}");

                string Show(Number n) => got.DType.IsFloating() ? n.Real.ToString("R") : n.Integer.ToString();
            }
        }
    }

    static bool AreClose(Number got, Number expected, DType dtype)
    {
        if (!dtype.IsFloating()) return got.Integer == expected.Integer;
        if (double.IsNaN(expected.Real) || double.IsInfinity(expected.Real)) return got.Real.Equals(expected.Real);
        var tolerance = dtype == DType.Float32 ? 1e-4 : 1e-10;
        return Math.Abs(got.Real - expected.Real) <= tolerance * (1 + Math.Abs(expected.Real));
    }
}
