using System.Numerics;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// The place of the largest or smallest element along an axis: a group of threads has some rows, in each of which lanes share the elements and then combine what
/// they found. A few long rows are cut into parts, of whose places the best are found afterwards. Of equals the first counts, and NaN before all, whichever lane has it.
/// </summary>
static class ArgReduction
{
    /// <summary>The places in each part (of so many elements) of each row.</summary>
    public static void Run<T>(ArrayView<T> x, ArrayView<long> y, long rows, long count, long inner, long parts, long length, int lanes, int isMax) where T : unmanaged, INumber<T>
    {
        var values = SharedMemory.Allocate<T>(PassesGpuStep.MaxGroup);
        var places = SharedMemory.Allocate<long>(PassesGpuStep.MaxGroup);
        var (thread, lane, together) = (Group.IdxX, Group.IdxX % lanes, Group.DimX / lanes);
        for (long first = (long)Grid.IdxX * together; first < rows * parts; first += (long)Grid.DimX * together)
        {
            var piece = first + thread / lanes;
            var best = T.Zero;
            var place = -1L;
            if (piece < rows * parts)
            {
                var (row, begin) = (piece / parts, piece % parts * length);
                var (start, end) = (row / inner * count * inner + row % inner, Math.Min(begin + length, count));
                for (var k = begin + lane; k < end; k += lanes)
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
            if (lane == 0 && piece < rows * parts) y[piece] = place;
        }
    }

    /// <summary>The best of the places in the parts of each row.</summary>
    public static void Best<T>(ArrayView<T> x, ArrayView<long> places, ArrayView<long> y, long rows, long count, long inner, long parts, int isMax) where T : unmanaged, INumber<T>
    {
        for (var row = (long)Grid.IdxX * Group.DimX + Group.IdxX; row < rows; row += (long)Grid.DimX * Group.DimX)
        {
            var start = row / inner * count * inner + row % inner;
            var place = places[row * parts];
            for (var part = 1L; part < parts; part++)
            {
                var next = places[row * parts + part];
                if (IsBetter(x[start + next * inner], x[start + place * inner], isMax)) place = next;
            }
            y[row] = place;
        }
    }

    static bool IsBetter<T>(T next, T best, int isMax) where T : unmanaged, INumber<T> => (isMax != 0 ? next > best : next < best) || (T.IsNaN(next) && !T.IsNaN(best));
}

/// <summary>The index of the largest or smallest element.</summary>
sealed class ArgReduceGpuStep : PassesGpuStep
{
    const int ManyRows = 1024;    // so many give work to a device without lanes along the axis
    const int ManyParts = 256;    // so many groups give it work
    const int ShortestPart = 4096;

    readonly ArgReduce _op;
    readonly GpuKernel _run, _best;

    public ArgReduceGpuStep(LibraryStep step, GpuProgram program) : base(step, program)
    {
        var type = TypeOf(step.Inputs[0]);
        (_op, _run, _best) = ((ArgReduce)step.Op, Kernel(typeof(ArgReduction), nameof(ArgReduction.Run), type), Kernel(typeof(ArgReduction), nameof(ArgReduction.Best), type));
    }

    protected override IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch)
    {
        var (outer, count, inner) = ArgReduce.Split(inputs[0], _op.Axis);
        var (rows, most, lanes) = ((long)outer * inner, Math.Min(Device.GroupSize, MaxGroup), 1);
        while (lanes < most && lanes < count && (inner == 1 || rows * lanes < ManyRows)) lanes *= 2;   // neighbouring threads read neighbouring memory
        var parts = rows == 0 ? 1 : Math.Max(1, Math.Min(ManyParts / rows, count / ShortestPart));
        var length = (count + parts - 1) / parts;
        object places = parts == 1 ? Output : scratch(0, rows * parts * sizeof(long)).Cast<long>();
        yield return new Pass(_run, Device.Grid((rows * parts * lanes + most - 1) / most, isGrouped: true, most), Operand(0), places, rows, (long)count, (long)inner, parts, length, lanes, _op.IsMax ? 1 : 0);
        if (parts > 1) yield return new Pass(_best, Device.Grid(rows, isGrouped: false), Operand(0), places, Output, rows, (long)count, (long)inner, parts, _op.IsMax ? 1 : 0);
    }
}
