using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>How A lies in memory, for a micro kernel: its other stride is free.</summary>
internal enum LayoutOfA
{
    /// <summary>The elements of a row, one for each product of the depth, are neighbours; the stride leads to the next row.</summary>
    Rows,

    /// <summary>The elements of a column, one for each row, are neighbours; the stride leads to the next column.</summary>
    Columns,
}

/// <summary>What a micro kernel does with B while it multiplies.</summary>
internal enum UseOfB
{
    /// <summary>It reads it.</summary>
    Read,

    /// <summary>It also asks for the rows that are multiplied next.</summary>
    Fetch,

    /// <summary>It also writes the strip, row after row, to a place where the tiles after this one read it.</summary>
    Pack,
}

/// <summary>
/// C[rows, columns] (+)= A B for one tile of C that fits the registers. All strides are in bytes: <paramref name="strideA"/> is that of
/// <see cref="LayoutOfA"/>, <paramref name="strideB"/> leads to B's next row, one for each of the <paramref name="depth"/> ≥ 1 products;
/// the columns of B and C are contiguous. A kernel that fetches asks for as many rows from the address
/// <paramref name="next"/> on, <paramref name="nextStride"/> apart; one that packs writes B's there, one behind the other.
/// </summary>
internal unsafe delegate void MicroKernel(nint depth, byte* a, nint strideA, byte* b, nint strideB, byte* c, nint rowStrideC, bool accumulate, byte* next = null, nint nextStride = 0);

/// <summary>
/// Emits and keeps the micro kernels: one for each number of rows and of vectors a row, and each layout of A. The sums stay in registers for the whole depth;
/// each step loads the row of B once and broadcasts one element of A a row. Every sum is taken in the order of the depth, whatever the tile.
/// </summary>
internal static class MicroKernels<T> where T : unmanaged
{
    private const int MaximumVectors = 4;
    private const int Uses = 3;
    private static readonly MicroKernel?[] s_kernels = new MicroKernel?[2 * Uses * (Lanes.TileRows + 1) * (MaximumVectors + 1)];

    /// <summary>
    /// The kernel for a tile of <paramref name="rows"/> rows of <paramref name="vectors"/> (1, 2 or 4) vectors.
    /// </summary>
    public static MicroKernel Get(int rows, int vectors, LayoutOfA layout, UseOfB use = UseOfB.Read) =>
        s_kernels[((rows * (MaximumVectors + 1) + vectors) * 2 + (int)layout) * Uses + (int)use] ??= Emit(rows, vectors, layout, use);

    private static unsafe MicroKernel Emit(int rows, int vectors, LayoutOfA layout, UseOfB use)
    {
        // The unused first argument makes the delegate a closed one, which calls without a shuffle of its arguments.
        var method = new DynamicMethod(
            $"gemm_{rows}x{vectors * Lanes.Count<T>()}_{layout}_{use}", typeof(void),
            [typeof(object), typeof(nint), typeof(byte*), typeof(nint), typeof(byte*), typeof(nint), typeof(byte*), typeof(nint), typeof(bool), typeof(byte*), typeof(nint)],
            typeof(MicroKernel).Module, skipVisibility: true);
        new Body(method.GetILGenerator(), rows, vectors, layout, use == UseOfB.Fetch && !Sse.IsSupported ? UseOfB.Read : use).Emit();
        return method.CreateDelegate<MicroKernel>(null);
    }

    private sealed class Body(ILGenerator il, int rows, int vectors, LayoutOfA layout, UseOfB use)
    {
        private const short Depth = 1, A = 2, StrideA = 3, B = 4, StrideB = 5, C = 6, RowStrideC = 7, Accumulate = 8, Next = 9, NextStride = 10;

        // So many products follow each other without a branch or a moved pointer. What a stride leads to is reached from
        // the pointer of its group of four by 0, 1, 2 or 3 strides: few pointers, all in registers.
        private const int Unrolled = 4, Group = 4;

        private static readonly MethodInfo s_prefetch = typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!;

        private readonly VectorMethods _v = VectorMethods.Of<T>();
        private readonly LocalBuilder[] _pointersA = il.Locals(typeof(byte*), layout == LayoutOfA.Rows ? (rows + Group - 1) / Group : 1);
        private readonly LocalBuilder[] _stridesA = il.Locals(typeof(nint), layout == LayoutOfA.Rows ? Math.Min(rows, Group) : Unrolled);
        private readonly LocalBuilder[] _stridesB = il.Locals(typeof(nint), Unrolled);
        private readonly LocalBuilder[] _sums = il.Locals(VectorMethods.Of<T>().Type, rows * vectors);
        private readonly LocalBuilder[] _b = il.Locals(VectorMethods.Of<T>().Type, vectors);
        private readonly LocalBuilder _a = il.DeclareLocal(VectorMethods.Of<T>().Type);

        public void Emit()
        {
            if (Sse.IsSupported)
                FetchC();
            Prepare();
            Loop(Unrolled);
            Loop(1);
            var replace = il.DefineLabel();
            il.Emit(OpCodes.Ldarg, Accumulate);
            il.Emit(OpCodes.Brfalse, replace);
            StoreSums(accumulate: true);
            il.MarkLabel(replace);
            StoreSums(accumulate: false);
        }

        // While at least so many products are left.
        private void Loop(int steps)
        {
            var (next, test) = (il.DefineLabel(), il.DefineLabel());
            il.Emit(OpCodes.Br, test);
            il.MarkLabel(next);
            for (var step = 0; step < steps; step++)
                Step(step);
            foreach (var pointer in _pointersA)
            {
                il.Emit(OpCodes.Ldloc, pointer);
                if (layout == LayoutOfA.Rows)
                    il.Emit(OpCodes.Ldc_I4, steps * Unsafe.SizeOf<T>());
                else
                    Multiple(StrideA, steps);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, pointer);
            }
            il.Emit(OpCodes.Ldarg, B);
            Multiple(StrideB, steps);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, B);
            if (use == UseOfB.Pack)
            {
                il.Emit(OpCodes.Ldarg, Next);
                il.AddBytes(steps * vectors * Lanes.Bytes);
                il.Emit(OpCodes.Starg, Next);
            }
            il.Emit(OpCodes.Ldarg, Depth);
            il.Emit(OpCodes.Ldc_I4, steps);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Starg, Depth);
            il.MarkLabel(test);
            il.Emit(OpCodes.Ldarg, Depth);
            il.Emit(OpCodes.Ldc_I4, steps);
            il.Emit(OpCodes.Bge, next);
        }

        private void Multiple(short stride, int times)
        {
            il.Emit(OpCodes.Ldarg, stride);
            if (times == 1)
                return;
            il.Emit(OpCodes.Ldc_I4, times);
            il.Emit(OpCodes.Mul);
        }

        // The tile of C arrives while the products are made.
        private void FetchC()
        {
            var row = il.DeclareLocal(typeof(byte*));
            il.Emit(OpCodes.Ldarg, C);
            il.Emit(OpCodes.Stloc, row);
            for (var i = 0; i < rows; i++)
            {
                FetchLines(() => il.Emit(OpCodes.Ldloc, row));
                il.Emit(OpCodes.Ldloc, row);
                il.Emit(OpCodes.Ldarg, RowStrideC);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, row);
            }
        }

        private void Prepare()
        {
            foreach (var (strides, stride) in new[] { (_stridesA, StrideA), (_stridesB, StrideB) })
                for (var s = 1; s < strides.Length; s++)
                {
                    Multiple(stride, s);
                    il.Emit(OpCodes.Stloc, strides[s]);
                }
            for (var p = 0; p < _pointersA.Length; p++)
            {
                il.Emit(OpCodes.Ldarg, A);
                if (p > 0)
                {
                    Multiple(StrideA, p * Group);
                    il.Emit(OpCodes.Add);
                }
                il.Emit(OpCodes.Stloc, _pointersA[p]);
            }
            foreach (var sum in _sums)
            {
                il.Emit(OpCodes.Call, _v.Zero);
                il.Emit(OpCodes.Stloc, sum);
            }
        }

        private void Step(int step)
        {
            if (use == UseOfB.Fetch)
                FetchRow();
            for (var j = 0; j < vectors; j++)
            {
                il.Emit(OpCodes.Ldarg, B);
                Further(_stridesB, step);
                il.AddBytes(j * Lanes.Bytes);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Stloc, _b[j]);
                if (use != UseOfB.Pack)
                    continue;
                il.Emit(OpCodes.Ldloc, _b[j]);
                il.Emit(OpCodes.Ldarg, Next);
                il.AddBytes((step * vectors + j) * Lanes.Bytes);
                il.Emit(OpCodes.Call, _v.Store);
            }
            for (var i = 0; i < rows; i++)
            {
                var (strides, neighbours) = layout == LayoutOfA.Rows ? (i, step) : (step, i);
                il.Emit(OpCodes.Ldloc, _pointersA[strides / Group]);
                Further(_stridesA, strides % Group);
                il.AddBytes(neighbours * Unsafe.SizeOf<T>());
                il.Emit(OpCodes.Ldobj, typeof(T));
                il.Emit(OpCodes.Call, _v.Broadcast);
                il.Emit(OpCodes.Stloc, _a);
                for (var j = 0; j < vectors; j++)
                {
                    il.Emit(OpCodes.Ldloc, _a);
                    il.Emit(OpCodes.Ldloc, _b[j]);
                    il.Emit(OpCodes.Ldloc, _sums[i * vectors + j]);
                    il.Emit(OpCodes.Call, _v.MultiplyAdd);
                    il.Emit(OpCodes.Stloc, _sums[i * vectors + j]);
                }
            }
        }

        private void FetchRow()
        {
            FetchLines(() => il.Emit(OpCodes.Ldarg, Next));
            il.Emit(OpCodes.Ldarg, Next);
            il.Emit(OpCodes.Ldarg, NextStride);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, Next);
        }

        private void FetchLines(Action pushRow)
        {
            for (var line = 0; line < vectors * Lanes.Bytes; line += 64)
            {
                pushRow();
                il.AddBytes(line);
                il.Emit(OpCodes.Call, s_prefetch);
            }
        }

        private void Further(LocalBuilder[] strides, int times)
        {
            if (times == 0)
                return;
            il.Emit(OpCodes.Ldloc, strides[times]);
            il.Emit(OpCodes.Add);
        }

        private void StoreSums(bool accumulate)
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < vectors; j++)
                {
                    il.Emit(OpCodes.Ldloc, _sums[i * vectors + j]);
                    if (accumulate)
                    {
                        il.Emit(OpCodes.Ldarg, C);
                        il.AddBytes(j * Lanes.Bytes);
                        il.Emit(OpCodes.Call, _v.Load);
                        il.Emit(OpCodes.Call, _v.Add);
                    }
                    il.Emit(OpCodes.Ldarg, C);
                    il.AddBytes(j * Lanes.Bytes);
                    il.Emit(OpCodes.Call, _v.Store);
                }
                if (i == rows - 1)
                    break;
                il.Emit(OpCodes.Ldarg, C);
                il.Emit(OpCodes.Ldarg, RowStrideC);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Starg, C);
            }
            il.Emit(OpCodes.Ret);
        }
    }
}
