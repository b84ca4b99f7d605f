using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// <paramref name="sums"/>[row, column] = Σ A[row, k] X[column, k] for a few rows and columns; strides and offsets are in bytes. The rows of A are contiguous;
/// <paramref name="x"/> has a vector of each column in turn, then the next vectors. After <paramref name="steps"/> whole vectors, where
/// <paramref name="rest"/> is not 0, the vector of A that begins there ends with the row: the lanes that <paramref name="mask"/> clears have been summed
/// before, and are zero in <paramref name="restOfX"/>. The rows from <paramref name="next"/> on are fetched for a later call.
/// </summary>
internal unsafe delegate void DotKernel(nint steps, byte* a, nint strideA, byte* x, nint rest, byte* restOfX, byte* mask, byte* next, byte* sums);

/// <summary>Emits and keeps the kernels of <see cref="RowDots{T}"/>, one for each number of rows, of columns, and of rows fetched. The vectors run along the depth.</summary>
internal static class DotKernels<T> where T : unmanaged
{
    /// <summary>The most columns of a kernel: two rows of so many sums fill the registers.</summary>
    public static int MaximumColumns => Lanes.TileRows;

    private const int MaximumRows = 4, MaximumVectorsOfA = 3;
    private static readonly DotKernel?[] s_kernels = new DotKernel?[(MaximumRows + 1) * (MaximumColumns + 1) * (MaximumRows + 1)];

    /// <summary>The rows that are multiplied at a time: as many as keep the registers of sums filled, and leave one to each row of A and one to X.</summary>
    public static int Rows(int columns) => Math.Min(MaximumRows, (2 * Lanes.TileRows + MaximumVectorsOfA) / (columns * Sums(columns) + 1));

    /// <summary>The kernel for up to <see cref="Rows"/> rows and <see cref="MaximumColumns"/> columns; as many rows are fetched, 1 to <see cref="Rows"/>, as said.</summary>
    public static DotKernel Get(int rows, int columns, int fetched) =>
        s_kernels[(rows * (MaximumColumns + 1) + columns) * (MaximumRows + 1) + fetched] ??= Emit(rows, columns, fetched);

    // The vectors that an element of the result is summed in, whatever the rows beside it: one or two columns have two, so that sums wait less for each other.
    private static int Sums(int columns) => columns <= 2 ? 2 : 1;

    private static unsafe DotKernel Emit(int rows, int columns, int fetched)
    {
        var method = new DynamicMethod(
            $"dots_{rows}x{columns}_{fetched}x{Lanes.Count<T>()}", typeof(void),
            [typeof(object), typeof(nint), typeof(byte*), typeof(nint), typeof(byte*), typeof(nint), typeof(byte*), typeof(byte*), typeof(byte*), typeof(byte*)],
            typeof(DotKernel).Module, skipVisibility: true);
        new Body(method.GetILGenerator(), rows, columns, fetched).Emit();
        return method.CreateDelegate<DotKernel>(null);
    }

    private sealed class Body(ILGenerator il, int rows, int columns, int fetched)
    {
        private const short Steps = 1, A = 2, StrideA = 3, X = 4, Rest = 5, RestOfX = 6, Mask = 7, Next = 8, Target = 9;

        // So many steps follow each other without a branch.
        private const int Unrolled = 2;

        private readonly VectorMethods _v = VectorMethods.Of<T>();
        private readonly LocalBuilder[] _rows = il.Locals(typeof(byte*), rows);
        private readonly LocalBuilder[] _a = il.Locals(VectorMethods.Of<T>().Type, rows);
        private readonly LocalBuilder _x = il.DeclareLocal(VectorMethods.Of<T>().Type);
        private readonly LocalBuilder[][] _sums =
            [.. Enumerable.Range(0, Sums(columns)).Select(_ => il.Locals(VectorMethods.Of<T>().Type, rows * columns))];

        public void Emit()
        {
            Prepare();
            Loop(Unrolled);
            Loop(1);
            AddRest();
            StoreSums();
            il.Emit(OpCodes.Ret);
        }

        private void Prepare()
        {
            for (var i = 0; i < rows; i++)
            {
                il.PushRow(A, StrideA, i);
                il.Emit(OpCodes.Stloc, _rows[i]);
            }
            foreach (var sum in _sums.SelectMany(sums => sums))
            {
                il.Emit(OpCodes.Call, _v.Zero);
                il.Emit(OpCodes.Stloc, sum);
            }
        }

        // While at least so many steps are left.
        private void Loop(int steps)
        {
            var (next, test) = (il.DefineLabel(), il.DefineLabel());
            il.Emit(OpCodes.Br, test);
            il.MarkLabel(next);
            if (steps == Unrolled && Sse.IsSupported)
                FetchNext();
            for (var step = 0; step < steps; step++)
                Step(step);
            foreach (var row in _rows)
            {
                il.Emit(OpCodes.Ldloc, row);
                il.AddBytes(steps * Lanes.Bytes);
                il.Emit(OpCodes.Stloc, row);
            }
            il.Emit(OpCodes.Ldarg, X);
            il.AddBytes(steps * columns * Lanes.Bytes);
            il.Emit(OpCodes.Starg, X);
            il.Emit(OpCodes.Ldarg, Steps);
            il.Emit(OpCodes.Ldc_I4, steps);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Starg, Steps);
            il.MarkLabel(test);
            il.Emit(OpCodes.Ldarg, Steps);
            il.Emit(OpCodes.Ldc_I4, steps);
            il.Emit(OpCodes.Bge, next);
        }

        private void FetchNext()
        {
            for (var i = 0; i < fetched; i++)
                for (var line = 0; line < Unrolled * Lanes.Bytes; line += 64)
                {
                    il.PushRow(Next, StrideA, i);
                    il.AddBytes(line);
                    il.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch1))!);
                }
            il.Emit(OpCodes.Ldarg, Next);
            il.AddBytes(Unrolled * Lanes.Bytes);
            il.Emit(OpCodes.Starg, Next);
        }

        private void Step(int step)
        {
            for (var i = 0; i < rows; i++)
            {
                il.Emit(OpCodes.Ldloc, _rows[i]);
                il.AddBytes(step * Lanes.Bytes);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Stloc, _a[i]);
            }
            MultiplyAdd(X, step * columns, _sums[step % _sums.Length]);
        }

        // The vectors of A by those of X, which begin so many vectors behind the pointer.
        private void MultiplyAdd(short x, int first, LocalBuilder[] sums)
        {
            for (var j = 0; j < columns; j++)
            {
                il.Emit(OpCodes.Ldarg, x);
                il.AddBytes((first + j) * Lanes.Bytes);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Stloc, _x);
                for (var i = 0; i < rows; i++)
                {
                    il.Emit(OpCodes.Ldloc, _a[i]);
                    il.Emit(OpCodes.Ldloc, _x);
                    il.Emit(OpCodes.Ldloc, sums[i * columns + j]);
                    il.Emit(OpCodes.Call, _v.MultiplyAdd);
                    il.Emit(OpCodes.Stloc, sums[i * columns + j]);
                }
            }
        }

        private void AddRest()
        {
            var none = il.DefineLabel();
            il.Emit(OpCodes.Ldarg, Rest);
            il.Emit(OpCodes.Brfalse, none);
            for (var i = 0; i < rows; i++)
            {
                il.PushRow(A, StrideA, i);
                il.Emit(OpCodes.Ldarg, Rest);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Ldarg, Mask);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Call, _v.And);
                il.Emit(OpCodes.Stloc, _a[i]);
            }
            MultiplyAdd(RestOfX, 0, _sums[0]);
            il.MarkLabel(none);
        }

        private void StoreSums()
        {
            for (var e = 0; e < rows * columns; e++)
            {
                il.Emit(OpCodes.Ldarg, Target);
                il.AddBytes(e * Unsafe.SizeOf<T>());
                il.Emit(OpCodes.Ldloc, _sums[0][e]);
                for (var s = 1; s < _sums.Length; s++)
                {
                    il.Emit(OpCodes.Ldloc, _sums[s][e]);
                    il.Emit(OpCodes.Call, _v.Add);
                }
                il.Emit(OpCodes.Call, _v.Sum);
                il.Emit(OpCodes.Stobj, typeof(T));
            }
        }
    }
}
