using System.Numerics;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// The order that sorts along an axis. First every element finds its place in a short run by comparing itself with all of it, then neighbouring runs become one
/// again and again: each element finds by bisection how many of the other run come before it. No two threads write one place, and none waits for another.
/// </summary>
static class MergeSort
{
    /// <summary>The length of the first runs.</summary>
    public const int Run = 16;

    public static void Runs<T>(ArrayView<T> x, ArrayView<long> order, long length, long count, long inner, int isDescending) where T : unmanaged, INumber<T>
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX)
        {
            var k = i / inner % count;
            var (row, first) = (i - k * inner, k / Run * Run);
            var place = first;
            for (var other = first; other < count && other < first + Run; other++)
                if (other < k ? !Precedes(x[i], x[row + other * inner], isDescending) : Precedes(x[row + other * inner], x[i], isDescending)) place++;
            order[row + place * inner] = k;
        }
    }

    public static void Merge<T>(ArrayView<T> x, ArrayView<long> from, ArrayView<long> to, long length, long count, long inner, long width, int isDescending) where T : unmanaged, INumber<T>
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX)
        {
            var k = i / inner % count;
            var row = i - k * inner;
            var first = k / (2 * width) * (2 * width);
            var (middle, end) = (Math.Min(first + width, count), Math.Min(first + 2 * width, count));
            var isLeft = k < middle;
            var own = from[i];
            var value = x[row + own * inner];
            var (low, high) = isLeft ? (middle, end) : (first, middle);
            var begin = low;
            while (low < high)
            {
                var at = (low + high) / 2;
                var other = x[row + from[row + at * inner] * inner];
                if (isLeft ? Precedes(other, value, isDescending) : !Precedes(value, other, isDescending)) low = at + 1;   // of equals those on the left come first
                else high = at;
            }
            to[row + (first + (k - (isLeft ? first : middle)) + (low - begin)) * inner] = own;
        }
    }

    // NaN is the largest.
    static bool Precedes<T>(T x, T y, int isDescending) where T : unmanaged, INumber<T> => isDescending != 0 ? IsLess(y, x) : IsLess(x, y);

    static bool IsLess<T>(T x, T y) where T : unmanaged, INumber<T> => x < y || (T.IsNaN(y) && !T.IsNaN(x));
}

/// <summary>The order that sorts.</summary>
sealed class ArgSortGpuStep : PassesGpuStep
{
    readonly ArgSort _op;
    readonly GpuKernel _runs, _merge;

    public ArgSortGpuStep(LibraryStep step, GpuProgram program) : base(step, program)
    {
        _op = (ArgSort)step.Op;
        _runs = Kernel(typeof(MergeSort), nameof(MergeSort.Runs), TypeOf(step.Inputs[0]));
        _merge = Kernel(typeof(MergeSort), nameof(MergeSort.Merge), TypeOf(step.Inputs[0]));
    }

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var (outer, count, inner) = ArgReduce.Split(output, _op.Axis);
        var length = (long)outer * count * inner;
        if (length == 0) yield break;
        var (config, isDescending) = (Device.Grid(length, isGrouped: false), _op.IsDescending ? 1 : 0);
        var merges = 0;
        for (long width = MergeSort.Run; width < count; width *= 2) merges++;
        object aside = merges == 0 ? Output : scratch(0, length * sizeof(long)).Cast<long>();
        yield return new Pass(_runs, config, Operand(0), merges % 2 == 0 ? Output : aside, length, (long)count, (long)inner, isDescending);
        for (long width = MergeSort.Run; merges > 0; width *= 2, merges--)
            yield return new Pass(_merge, config, Operand(0), merges % 2 == 0 ? Output : aside, merges % 2 == 0 ? aside : Output, length, (long)count, (long)inner, width, isDescending);
    }
}
