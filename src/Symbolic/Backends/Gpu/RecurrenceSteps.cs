using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>The kernels of a recurrence for types of elements.</summary>
sealed class RecurrencePasses(GpuDevice device, Type carry, GpuKernel chunks, GpuKernel carries, GpuKernel elements)
{
    /// <summary>The kernels for a shape: of one chunk only the last.</summary>
    public IEnumerable<Pass> Of(RecurrenceShape shape, object b, object a, object z, Func<int, long, ArrayView<byte>> scratch)
    {
        var length = shape.Rows * shape.Chunks;
        if (length == 0) yield break;
        var bytes = shape.Chunks > 1 ? length * sizeof(long) : sizeof(long);
        var (factors, sums) = (Typed(scratch(0, bytes)), Typed(scratch(1, bytes)));
        if (shape.Chunks > 1)
        {
            yield return new Pass(chunks, device.Grid(length, isGrouped: false), b, a, factors, sums, shape);
            yield return new Pass(carries, device.Grid(shape.Rows, isGrouped: false), b, a, factors, sums, shape);
        }
        yield return new Pass(elements, device.Grid(length, isGrouped: false), b, a, sums, z, shape);
    }

    /// <summary>So that each thread of the first and last kernel walks as far as those of the second.</summary>
    public static long ChunkOf(long count)
    {
        var chunk = 32L;
        while (chunk * chunk < count) chunk *= 2;
        return chunk;
    }

    object Typed(ArrayView<byte> view) => carry == typeof(double) ? view.Cast<double>() : carry == typeof(long) ? view.Cast<long>() : view.Cast<int>();
}

/// <summary>Cumulative sums and products, and what else is <c>z[k] = a[k] z[k-1] + b[k]</c>.</summary>
sealed class RecurrenceGpuStep : PassesGpuStep
{
    readonly Recurrence _op;
    readonly RecurrencePasses _passes;

    public RecurrenceGpuStep(LibraryStep step, GpuProgram program) : base(step, program)
    {
        _op = (Recurrence)step.Op;
        var element = TypeOf(step.Output);
        var carry = element == typeof(float) ? typeof(double) : element;
        var carried = element == typeof(float) ? typeof(SingleInDouble) : element == typeof(double) ? typeof(DoubleInDouble) : element == typeof(long) ? typeof(LongInLong) : typeof(IntInInt);
        _passes = new RecurrencePasses(Device, carry, Of(nameof(Recurrences.Chunks)), Of(nameof(Recurrences.Carries)), Of(nameof(Recurrences.Elements)));

        GpuKernel Of(string name) => Kernel(typeof(Recurrences), name, element, carry, element, carried);
    }

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var (outer, count, inner) = ArgReduce.Split(output, _op.Axis);
        var hasFactor = inputs.Length > 1;
        var shape = new RecurrenceShape((long)outer * inner, count, inner, RecurrencePasses.ChunkOf(count), _op.IsReversed ? 1 : 0, hasFactor ? 1 : 0);
        return _passes.Of(shape, Operand(0), Operand(hasFactor ? 1 : 0), Output, scratch);
    }
}

/// <summary>Where a mask holds: how many do so up to each place, which then goes there.</summary>
sealed class NonZeroGpuStep : PassesGpuStep
{
    readonly RecurrencePasses _counts;
    readonly GpuKernel _places;

    public NonZeroGpuStep(LibraryStep step, GpuProgram program) : base(step, program)
    {
        _counts = new RecurrencePasses(Device, typeof(long), Of(nameof(Recurrences.Chunks)), Of(nameof(Recurrences.Carries)), Of(nameof(Recurrences.Elements)));
        _places = Kernel(typeof(Recurrences), nameof(Recurrences.Places));

        GpuKernel Of(string name) => Kernel(typeof(Recurrences), name, typeof(byte), typeof(long), typeof(long), typeof(TruthInLong));
    }

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        long length = inputs[0][0];
        var counts = scratch(2, length * sizeof(long)).Cast<long>();
        var shape = new RecurrenceShape(1, length, 1, RecurrencePasses.ChunkOf(length), 0, 0);
        return _counts.Of(shape, Operand(0), Operand(0), counts, scratch)
            .Append(new Pass(_places, Device.Grid(length, isGrouped: false), Operand(0), counts, Output, length, (long)output[0]));
    }
}
