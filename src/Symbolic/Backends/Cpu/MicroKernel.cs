using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// C[rows, columns] (+)= A B for one tile of C that fits the registers. All strides are in bytes: <paramref name="rowStrideA"/> leads to
/// A's next row, <paramref name="depthStrideA"/> and <paramref name="depthStrideB"/> to the next of the <paramref name="depth"/> ≥ 1 products;
/// the columns of B and C are contiguous.
/// </summary>
internal unsafe delegate void MicroKernel(
    nint depth, byte* a, nint rowStrideA, nint depthStrideA, byte* b, nint depthStrideB, byte* c, nint rowStrideC, bool accumulate);

/// <summary>
/// Emits and keeps the micro kernels: one for each number of rows and of vectors a row. The sums stay in registers for the whole depth;
/// each step loads the row of B once and broadcasts one element of A a row. Every sum is taken in the order of the depth, whatever the tile.
/// </summary>
internal static class MicroKernels<T> where T : unmanaged
{
    private const int MaximumVectors = 4;
    private static readonly MicroKernel?[] s_kernels = new MicroKernel?[(Lanes.TileRows + 1) * (MaximumVectors + 1)];

    /// <summary>The kernel for a tile of <paramref name="rows"/> rows of <paramref name="vectors"/> (1, 2 or 4) vectors.</summary>
    public static MicroKernel Get(int rows, int vectors) =>
        s_kernels[rows * (MaximumVectors + 1) + vectors] ??= Emit(rows, vectors);

    private static unsafe MicroKernel Emit(int rows, int vectors)
    {
        // The unused first argument makes the delegate a closed one, which calls without a shuffle of its arguments.
        var method = new DynamicMethod(
            $"gemm_{rows}x{vectors * Lanes.Count<T>()}", typeof(void),
            [typeof(object), typeof(nint), typeof(byte*), typeof(nint), typeof(nint), typeof(byte*), typeof(nint), typeof(byte*), typeof(nint), typeof(bool)],
            typeof(MicroKernel).Module, skipVisibility: true);
        new Body(method.GetILGenerator(), rows, vectors).Emit();
        return method.CreateDelegate<MicroKernel>(null);
    }

    private sealed class Body(ILGenerator il, int rows, int vectors)
    {
        private const short Depth = 1, A = 2, RowStrideA = 3, DepthStrideA = 4, B = 5, DepthStrideB = 6, C = 7, RowStrideC = 8, Accumulate = 9;

        // A row is reached from the pointer of its group of four by 0, 1, 2 or 3 strides: few pointers, all in registers.
        private const int Group = 4;

        private readonly VectorMethods _v = VectorMethods.Of<T>();
        private readonly LocalBuilder[] _groups = Locals(il, typeof(byte*), (rows + Group - 1) / Group);
        private readonly LocalBuilder[] _strides = Locals(il, typeof(nint), Math.Min(rows, Group));
        private readonly LocalBuilder[] _sums = Locals(il, VectorMethods.Of<T>().Type, rows * vectors);
        private readonly LocalBuilder[] _b = Locals(il, VectorMethods.Of<T>().Type, vectors);
        private readonly LocalBuilder _a = il.DeclareLocal(VectorMethods.Of<T>().Type);

        public void Emit()
        {
            if (Sse.IsSupported)
                FetchC();
            Prepare();
            var next = il.DefineLabel();
            il.MarkLabel(next);
            Step();
            il.Emit(OpCodes.Ldarg, Depth);
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Starg, Depth);
            il.Emit(OpCodes.Ldarg, Depth);
            il.Emit(OpCodes.Brtrue, next);

            var replace = il.DefineLabel();
            il.Emit(OpCodes.Ldarg, Accumulate);
            il.Emit(OpCodes.Brfalse, replace);
            StoreSums(accumulate: true);
            il.MarkLabel(replace);
            StoreSums(accumulate: false);
        }

        // The tile of C arrives while the products are made.
        private void FetchC()
        {
            var prefetch = typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!;
            var row = il.DeclareLocal(typeof(byte*));
            il.Emit(OpCodes.Ldarg, C);
            il.Emit(OpCodes.Stloc, row);
            for (var i = 0; i < rows; i++)
            {
                for (var line = 0; line < vectors * Lanes.Bytes; line += 64)
                {
                    il.Emit(OpCodes.Ldloc, row);
                    Offset(line);
                    il.Emit(OpCodes.Call, prefetch);
                }
                il.Emit(OpCodes.Ldloc, row);
                il.Emit(OpCodes.Ldarg, RowStrideC);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, row);
            }
        }

        private void Prepare()
        {
            for (var s = 1; s < _strides.Length; s++)
            {
                il.Emit(OpCodes.Ldarg, RowStrideA);
                il.Emit(OpCodes.Ldc_I4, s);
                il.Emit(OpCodes.Mul);
                il.Emit(OpCodes.Stloc, _strides[s]);
            }
            for (var g = 0; g < _groups.Length; g++)
            {
                il.Emit(OpCodes.Ldarg, A);
                il.Emit(OpCodes.Ldarg, RowStrideA);
                il.Emit(OpCodes.Ldc_I4, g * Group);
                il.Emit(OpCodes.Mul);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, _groups[g]);
            }
            foreach (var sum in _sums)
            {
                il.Emit(OpCodes.Call, _v.Zero);
                il.Emit(OpCodes.Stloc, sum);
            }
        }

        private void Step()
        {
            for (var j = 0; j < vectors; j++)
            {
                il.Emit(OpCodes.Ldarg, B);
                Offset(j * Lanes.Bytes);
                il.Emit(OpCodes.Call, _v.Load);
                il.Emit(OpCodes.Stloc, _b[j]);
            }
            for (var i = 0; i < rows; i++)
            {
                il.Emit(OpCodes.Ldloc, _groups[i / Group]);
                if (i % Group > 0)
                {
                    il.Emit(OpCodes.Ldloc, _strides[i % Group]);
                    il.Emit(OpCodes.Add);
                }
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
            foreach (var group in _groups)
            {
                il.Emit(OpCodes.Ldloc, group);
                il.Emit(OpCodes.Ldarg, DepthStrideA);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Stloc, group);
            }
            Advance(B, DepthStrideB);
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
                        Offset(j * Lanes.Bytes);
                        il.Emit(OpCodes.Call, _v.Load);
                        il.Emit(OpCodes.Call, _v.Add);
                    }
                    il.Emit(OpCodes.Ldarg, C);
                    Offset(j * Lanes.Bytes);
                    il.Emit(OpCodes.Call, _v.Store);
                }
                if (i < rows - 1)
                    Advance(C, RowStrideC);
            }
            il.Emit(OpCodes.Ret);
        }

        private void Offset(int bytes)
        {
            if (bytes == 0)
                return;
            il.Emit(OpCodes.Ldc_I4, bytes);
            il.Emit(OpCodes.Add);
        }

        private void Advance(short pointer, short stride)
        {
            il.Emit(OpCodes.Ldarg, pointer);
            il.Emit(OpCodes.Ldarg, stride);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, pointer);
        }

        private static LocalBuilder[] Locals(ILGenerator il, Type type, int count) =>
            [.. Enumerable.Range(0, count).Select(_ => il.DeclareLocal(type))];
    }
}
