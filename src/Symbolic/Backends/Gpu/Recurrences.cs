using System.Numerics;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>How elements are carried along a recurrence.</summary>
interface ICarried<TElement, TCarry, TResult>
{
    static abstract TCarry Widened(TElement x);

    static abstract TResult Narrowed(TCarry x);

    /// <summary>Whether a chunk may be summed up as a factor and a sum: neither overflows nor vanishes.</summary>
    static abstract bool IsTame(TCarry factor, TCarry sum);
}

readonly struct SingleInDouble : ICarried<float, double, float>
{
    public static double Widened(float x) => x;

    public static float Narrowed(double x) => (float)x;

    public static bool IsTame(double factor, double sum) => DoubleInDouble.IsTame(factor, sum);
}

readonly struct DoubleInDouble : ICarried<double, double, double>
{
    public static double Widened(double x) => x;

    public static double Narrowed(double x) => x;

    public static bool IsTame(double factor, double sum) => Math.Abs(factor) > 1e-100 && Math.Abs(factor) < 1e100 && Math.Abs(sum) < 1e100;
}

readonly struct IntInInt : ICarried<int, int, int>
{
    public static int Widened(int x) => x;

    public static int Narrowed(int x) => x;

    public static bool IsTame(int factor, int sum) => true;
}

readonly struct LongInLong : ICarried<long, long, long>
{
    public static long Widened(long x) => x;

    public static long Narrowed(long x) => x;

    public static bool IsTame(long factor, long sum) => true;
}

readonly struct TruthInLong : ICarried<byte, long, long>
{
    public static long Widened(byte x) => x;

    public static long Narrowed(long x) => x;

    public static bool IsTame(long factor, long sum) => true;
}

/// <summary>The sizes of a recurrence <c>z[k] = a[k] z[k-1] + b[k]</c>: rows, and chunks of each that are computed side by side.</summary>
readonly record struct RecurrenceShape(long Rows, long Count, long Inner, long Chunk, int IsReversed, int HasFactor)
{
    public long Chunks => (Count + Chunk - 1) / Chunk;

    public long Place(long row, long k) => (row / Inner * Count + (IsReversed != 0 ? Count - 1 - k : k)) * Inner + row % Inner;
}

/// <summary>
/// A recurrence along an axis: each chunk is summed up alone, each row goes from chunk to chunk, then each chunk is computed from what comes into it. Chunks depend on
/// sizes alone. A chunk whose factor overflows is walked through instead.
/// </summary>
static class Recurrences
{
    public static void Chunks<TElement, TCarry, TResult, TCarried>(ArrayView<TElement> b, ArrayView<TElement> a, ArrayView<TCarry> factors, ArrayView<TCarry> sums, RecurrenceShape shape)
        where TElement : unmanaged where TCarry : unmanaged, INumber<TCarry> where TResult : unmanaged where TCarried : struct, ICarried<TElement, TCarry, TResult>
    {
        for (var task = (long)Grid.IdxX * Group.DimX + Group.IdxX; task < shape.Rows * shape.Chunks; task += (long)Grid.DimX * Group.DimX)
        {
            var (row, chunk) = (task % shape.Rows, task / shape.Rows);
            var factor = TCarry.One;
            if (shape.HasFactor != 0)
                for (var k = chunk * shape.Chunk; k < Math.Min(shape.Count, (chunk + 1) * shape.Chunk); k++) factor *= TCarried.Widened(a[shape.Place(row, k)]);
            factors[task] = factor;
            sums[task] = Walk<TElement, TCarry, TResult, TCarried>(b, a, shape, row, chunk, TCarry.Zero);
        }
    }

    /// <summary>The sums of chunks become what comes into each.</summary>
    public static void Carries<TElement, TCarry, TResult, TCarried>(ArrayView<TElement> b, ArrayView<TElement> a, ArrayView<TCarry> factors, ArrayView<TCarry> sums, RecurrenceShape shape)
        where TElement : unmanaged where TCarry : unmanaged, INumber<TCarry> where TResult : unmanaged where TCarried : struct, ICarried<TElement, TCarry, TResult>
    {
        for (var row = (long)Grid.IdxX * Group.DimX + Group.IdxX; row < shape.Rows; row += (long)Grid.DimX * Group.DimX)
        {
            var carry = TCarry.Zero;
            for (var chunk = 0L; chunk < shape.Chunks; chunk++)
            {
                var task = chunk * shape.Rows + row;
                var (factor, sum) = (factors[task], sums[task]);
                sums[task] = carry;
                carry = chunk == 0 ? sum : shape.HasFactor == 0 ? carry + sum
                    : TCarried.IsTame(factor, sum) ? factor * carry + sum : Walk<TElement, TCarry, TResult, TCarried>(b, a, shape, row, chunk, carry);
            }
        }
    }

    public static void Elements<TElement, TCarry, TResult, TCarried>(ArrayView<TElement> b, ArrayView<TElement> a, ArrayView<TCarry> carries, ArrayView<TResult> z, RecurrenceShape shape)
        where TElement : unmanaged where TCarry : unmanaged, INumber<TCarry> where TResult : unmanaged where TCarried : struct, ICarried<TElement, TCarry, TResult>
    {
        for (var task = (long)Grid.IdxX * Group.DimX + Group.IdxX; task < shape.Rows * shape.Chunks; task += (long)Grid.DimX * Group.DimX)
        {
            var (row, chunk) = (task % shape.Rows, task / shape.Rows);
            var carry = chunk == 0 ? TCarry.Zero : carries[task];
            for (var k = chunk * shape.Chunk; k < Math.Min(shape.Count, (chunk + 1) * shape.Chunk); k++)
            {
                carry = Next<TElement, TCarry, TResult, TCarried>(b, a, shape, row, k, carry);
                z[shape.Place(row, k)] = TCarried.Narrowed(carry);
            }
        }
    }

    static TCarry Walk<TElement, TCarry, TResult, TCarried>(ArrayView<TElement> b, ArrayView<TElement> a, RecurrenceShape shape, long row, long chunk, TCarry carry)
        where TElement : unmanaged where TCarry : unmanaged, INumber<TCarry> where TResult : unmanaged where TCarried : struct, ICarried<TElement, TCarry, TResult>
    {
        for (var k = chunk * shape.Chunk; k < Math.Min(shape.Count, (chunk + 1) * shape.Chunk); k++) carry = Next<TElement, TCarry, TResult, TCarried>(b, a, shape, row, k, carry);
        return carry;
    }

    static TCarry Next<TElement, TCarry, TResult, TCarried>(ArrayView<TElement> b, ArrayView<TElement> a, RecurrenceShape shape, long row, long k, TCarry carry)
        where TElement : unmanaged where TCarry : unmanaged, INumber<TCarry> where TResult : unmanaged where TCarried : struct, ICarried<TElement, TCarry, TResult>
    {
        var place = shape.Place(row, k);
        var term = TCarried.Widened(b[place]);
        return k == 0 ? term : shape.HasFactor == 0 ? carry + term : TCarried.Widened(a[place]) * carry + term;
    }

    /// <summary>The places at which a mask holds, from how many there are up to each.</summary>
    public static void Places(ArrayView<byte> mask, ArrayView<long> counts, ArrayView<long> places, long length, long count)
    {
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < length; i += (long)Grid.DimX * Group.DimX)
            if (mask[i] != 0 && counts[i] <= count) places[counts[i] - 1] = i;
    }
}
