using System.Numerics;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>Where values belong in a sorted vector, and which of the positions in a vector comes last.</summary>
static class Searches
{
    public static void Sorted<T>(ArrayView<T> sorted, ArrayView<T> values, ArrayView<long> places, long count, long length, int isRight) where T : unmanaged, INumber<T>
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX)
        {
            var value = values[i];
            var (low, high) = (0L, count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (IsBefore(sorted[middle], value, isRight)) low = middle + 1;
                else high = middle;
            }
            places[i] = low;
        }
    }

    // NaN is the largest.
    static bool IsBefore<T>(T key, T value, int isRight) where T : unmanaged, INumber<T> =>
        T.IsNaN(value) ? isRight != 0 || !T.IsNaN(key) : isRight != 0 ? key <= value : key < value;

    /// <summary>Nothing is written anywhere yet.</summary>
    public static void Clear(ArrayView<int> last, long length)
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX) last[i] = -1;
    }

    /// <summary>The largest number counts, whichever thread comes first.</summary>
    public static void Last(ArrayView<long> positions, ArrayView<int> last, long count, long length)
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < count; i += (long)Grid.DimX * Group.DimX)
            if (positions[i] >= 0 && positions[i] < length) Atomic.Max(ref last[positions[i]], (int)i);
    }

    public static void Widen(ArrayView<int> last, ArrayView<long> output, long length)
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX) output[i] = last[i];
    }
}

/// <summary>Places in a sorted vector.</summary>
sealed class SearchSortedGpuStep : PassesGpuStep
{
    readonly SearchSorted _op;
    readonly GpuKernel _kernel;

    public SearchSortedGpuStep(LibraryStep step, GpuProgram program) : base(step, program) =>
        (_op, _kernel) = ((SearchSorted)step.Op, Kernel(typeof(Searches), nameof(Searches.Sorted), TypeOf(step.Inputs[0])));

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var length = output.Aggregate(1L, (length, size) => length * size);
        yield return new Pass(_kernel, Device.Grid(length, isGrouped: false), Operand(0), Operand(1), Output, (long)inputs[0][0], length, _op.IsRight ? 1 : 0);
    }
}

/// <summary>The last that writes each place.</summary>
sealed class LastWriterGpuStep : PassesGpuStep
{
    readonly GpuKernel _clear, _last, _widen;

    public LastWriterGpuStep(LibraryStep step, GpuProgram program) : base(step, program) =>
        (_clear, _last, _widen) = (Kernel(typeof(Searches), nameof(Searches.Clear)), Kernel(typeof(Searches), nameof(Searches.Last)), Kernel(typeof(Searches), nameof(Searches.Widen)));

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var (count, length) = ((long)inputs[0][0], (long)output[0]);
        var last = scratch(0, length * sizeof(int)).Cast<int>();
        yield return new Pass(_clear, Device.Grid(length, isGrouped: false), last, length);
        yield return new Pass(_last, Device.Grid(count, isGrouped: false), Operand(0), last, count, length);
        yield return new Pass(_widen, Device.Grid(length, isGrouped: false), last, Output, length);
    }
}
