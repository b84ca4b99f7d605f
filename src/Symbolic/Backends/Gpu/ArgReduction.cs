using System.Numerics;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// The place of the largest or smallest element along an axis: a group of threads has some rows, in each of which lanes share the elements and then combine what
/// they found. Of equals the first counts, and NaN before all, whichever lane has it.
/// </summary>
static class ArgReduction
{
    public static void Run<T>(ArrayView<T> x, ArrayView<long> y, long rows, long count, long inner, int lanes, int isMax) where T : unmanaged, INumber<T>
    {
        var values = SharedMemory.Allocate<T>(PassesGpuStep.MaxGroup);
        var places = SharedMemory.Allocate<long>(PassesGpuStep.MaxGroup);
        var (thread, lane, together) = (Group.IdxX, Group.IdxX % lanes, Group.DimX / lanes);
        for (long first = (long)Grid.IdxX * together; first < rows; first += (long)Grid.DimX * together)
        {
            var row = first + thread / lanes;
            var best = T.Zero;
            var place = -1L;
            if (row < rows)
            {
                var start = row / inner * count * inner + row % inner;
                for (long k = lane; k < count; k += lanes)
                {
                    var next = x[start + k * inner];
                    if (place >= 0 && !IsBetter(next, best, isMax)) continue;
                    best = next;
                    place = k;
                }
            }
            values[thread] = best;
            places[thread] = place;
            Group.Barrier();
            for (var half = lanes / 2; half > 0; half /= 2)
            {
                if (lane < half)
                {
                    var (other, otherPlace) = (values[thread + half], places[thread + half]);
                    if (otherPlace >= 0 && (IsBetter(other, best, isMax) || (otherPlace < place && !IsBetter(best, other, isMax))))
                    {
                        values[thread] = best = other;
                        places[thread] = place = otherPlace;
                    }
                }
                Group.Barrier();
            }
            if (lane == 0 && row < rows) y[row] = place;
        }
    }

    static bool IsBetter<T>(T next, T best, int isMax) where T : unmanaged, INumber<T> => (isMax != 0 ? next > best : next < best) || (T.IsNaN(next) && !T.IsNaN(best));
}

/// <summary>The index of the largest or smallest element.</summary>
sealed class ArgReduceGpuStep : PassesGpuStep
{
    const int ManyRows = 1024;    // so many give work to a device without lanes along the axis

    readonly ArgReduce _op;
    readonly GpuKernel _kernel;

    public ArgReduceGpuStep(LibraryStep step, GpuProgram program) : base(step, program) =>
        (_op, _kernel) = ((ArgReduce)step.Op, Kernel(typeof(ArgReduction), nameof(ArgReduction.Run), TypeOf(step.Inputs[0])));

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var (outer, count, inner) = ArgReduce.Split(inputs[0], _op.Axis);
        var (rows, most, lanes) = ((long)outer * inner, Math.Min(Device.GroupSize, MaxGroup), 1);
        while (lanes < most && lanes < count && (inner == 1 || rows * lanes < ManyRows)) lanes *= 2;   // neighbouring threads read neighbouring memory
        yield return new Pass(_kernel, Device.Grid((rows * lanes + most - 1) / most, isGrouped: true, most), Operand(0), Output, rows, (long)count, (long)inner, lanes, _op.IsMax ? 1 : 0);
    }
}
