using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Transposes <paramref name="blocks"/> blocks of W columns (W the lanes of a vector): element (row, i) goes to
/// <paramref name="target"/> + i * <paramref name="targetStride"/> + row. Row r begins at <paramref name="source"/> + <paramref name="rowOffsets"/>[r],
/// and its next block <paramref name="sourceStep"/> further on;
/// strides and offsets are in bytes. Every store is a whole vector: lanes beyond the rows become zero and may be
/// overwritten by the store after it, so the target needs room for one vector past its end.
/// </summary>
internal unsafe delegate void TransposeKernel(nint blocks, byte* source, nint* rowOffsets, byte* target, nint targetStride, nint sourceStep);

/// <summary>
/// Emits and keeps the transposing kernels, one for each number of rows up to W. W rows are interleaved log2 W times:
/// each pass zips row i with row i + W/2, which after the last pass has turned rows into columns. Registers of 32 bytes exchange halves first
/// and are zipped half by half then, which is one instruction and not two.
/// </summary>
internal static class TransposeKernels<T> where T : unmanaged
{
    private static readonly TransposeKernel?[] s_kernels = new TransposeKernel?[Lanes.Count<T>() + 1];

    /// <summary>The kernel for blocks of <paramref name="rows"/> rows, 1 to W.</summary>
    public static TransposeKernel Get(int rows) => s_kernels[rows] ??= Emit(rows);

    private static unsafe TransposeKernel Emit(int rows)
    {
        const short Blocks = 1, Source = 2, RowOffsets = 3, Target = 4, TargetStride = 5, SourceStep = 6;
        const int BytesAhead = 128;   // of each row: there are more rows than the processor follows
        var lanes = Lanes.Count<T>();
        var v = VectorMethods.Of<T>();
        var method = new DynamicMethod(
            $"transpose_{rows}x{lanes}", typeof(void),
            [typeof(object), typeof(nint), typeof(byte*), typeof(nint*), typeof(byte*), typeof(nint), typeof(nint)],
            typeof(TransposeKernel).Module, skipVisibility: true);
        var il = method.GetILGenerator();

        var next = il.DefineLabel();
        il.MarkLabel(next);
        var x = new LocalBuilder[lanes];
        for (var row = 0; row < lanes; row++)
        {
            x[row] = il.DeclareLocal(v.Type);
            if (row < rows)
            {
                il.Emit(OpCodes.Ldarg, Source);
                il.Emit(OpCodes.Ldarg, RowOffsets);
                il.Emit(OpCodes.Ldc_I4, row * sizeof(nint));
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Ldind_I);
                il.Emit(OpCodes.Add);
                if (Sse.IsSupported)
                {
                    il.Emit(OpCodes.Dup);
                    il.AddBytes(BytesAhead);
                    il.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
                }
                il.Emit(OpCodes.Call, v.Load);
            }
            else
                il.Emit(OpCodes.Call, v.Zero);
            il.Emit(OpCodes.Stloc, x[row]);
        }
        x = Lanes.Bytes == 32 && Avx.IsSupported && Pass(x, typeof(Halves)) is var halves
            ? [.. Passes([.. halves.Where((_, i) => i % 2 == 0)], typeof(ZipOfHalves)), .. Passes([.. halves.Where((_, i) => i % 2 == 1)], typeof(ZipOfHalves))]
            : Passes(x, typeof(Zip));
        foreach (var column in x)
        {
            il.Emit(OpCodes.Ldloc, column);
            il.Emit(OpCodes.Ldarg, Target);
            il.Emit(OpCodes.Call, v.Store);
            il.Emit(OpCodes.Ldarg, Target);
            il.Emit(OpCodes.Ldarg, TargetStride);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, Target);
        }
        il.Emit(OpCodes.Ldarg, Source);
        il.Emit(OpCodes.Ldarg, SourceStep);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg, Source);
        il.Emit(OpCodes.Ldarg, Blocks);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Starg, Blocks);
        il.Emit(OpCodes.Ldarg, Blocks);
        il.Emit(OpCodes.Brtrue, next);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<TransposeKernel>(null);

        LocalBuilder[] Passes(LocalBuilder[] rows, Type zip)
        {
            for (var pass = 1; pass < rows.Length; pass *= 2)
                rows = Pass(rows, zip);
            return rows;
        }

        LocalBuilder[] Pass(LocalBuilder[] rows, Type zip)
        {
            var zipped = new LocalBuilder[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                zipped[i] = il.DeclareLocal(v.Type);
                il.Emit(OpCodes.Ldloc, rows[i / 2]);
                il.Emit(OpCodes.Ldloc, rows[i / 2 + rows.Length / 2]);
                il.Emit(OpCodes.Call, zip.GetMethod(i % 2 == 0 ? nameof(Zip.Low) : nameof(Zip.High), [v.Type, v.Type])!);
                il.Emit(OpCodes.Stloc, zipped[i]);
            }
            return zipped;
        }
    }
}

/// <summary>The lower halves of two registers, and the higher ones.</summary>
internal static class Halves
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low(Vector256<float> x, Vector256<float> y) => Avx.Permute2x128(x, y, 0x20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High(Vector256<float> x, Vector256<float> y) => Avx.Permute2x128(x, y, 0x31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Low(Vector256<double> x, Vector256<double> y) => Avx.Permute2x128(x, y, 0x20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> High(Vector256<double> x, Vector256<double> y) => Avx.Permute2x128(x, y, 0x31);
}

/// <summary>The lanes of two registers in turn, the lower halves of both halves, and the higher ones.</summary>
internal static class ZipOfHalves
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low(Vector256<float> x, Vector256<float> y) => Avx.UnpackLow(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High(Vector256<float> x, Vector256<float> y) => Avx.UnpackHigh(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Low(Vector256<double> x, Vector256<double> y) => Avx.UnpackLow(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> High(Vector256<double> x, Vector256<double> y) => Avx.UnpackHigh(x, y);
}

/// <summary>The lanes of two vectors in turn, x0 y0 x1 y1 ...: the lower half of that sequence, and the higher.</summary>
internal static class Zip
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low(Vector512<float> x, Vector512<float> y) =>
        Avx512F.IsSupported ? Avx512F.PermuteVar16x32x2(x, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), y)
        : Vector512.Create(Low(x.GetLower(), y.GetLower()), High(x.GetLower(), y.GetLower()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High(Vector512<float> x, Vector512<float> y) =>
        Avx512F.IsSupported ? Avx512F.PermuteVar16x32x2(x, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), y)
        : Vector512.Create(Low(x.GetUpper(), y.GetUpper()), High(x.GetUpper(), y.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Low(Vector512<double> x, Vector512<double> y) =>
        Avx512F.IsSupported ? Avx512F.PermuteVar8x64x2(x, Vector512.Create(0L, 8, 1, 9, 2, 10, 3, 11), y)
        : Vector512.Create(Low(x.GetLower(), y.GetLower()), High(x.GetLower(), y.GetLower()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> High(Vector512<double> x, Vector512<double> y) =>
        Avx512F.IsSupported ? Avx512F.PermuteVar8x64x2(x, Vector512.Create(4L, 12, 5, 13, 6, 14, 7, 15), y)
        : Vector512.Create(Low(x.GetUpper(), y.GetUpper()), High(x.GetUpper(), y.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low(Vector256<float> x, Vector256<float> y) =>
        Avx.Permute2x128(Avx.UnpackLow(x, y), Avx.UnpackHigh(x, y), 0x20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High(Vector256<float> x, Vector256<float> y) =>
        Avx.Permute2x128(Avx.UnpackLow(x, y), Avx.UnpackHigh(x, y), 0x31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Low(Vector256<double> x, Vector256<double> y) =>
        Avx.Permute2x128(Avx.UnpackLow(x, y), Avx.UnpackHigh(x, y), 0x20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> High(Vector256<double> x, Vector256<double> y) =>
        Avx.Permute2x128(Avx.UnpackLow(x, y), Avx.UnpackHigh(x, y), 0x31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Low(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Sse.IsSupported ? Sse.UnpackLow(x, y)
        : Vector128.Create(x[0], y[0], x[1], y[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> High(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : Vector128.Create(x[2], y[2], x[3], y[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Low(Vector128<double> x, Vector128<double> y) => Vector128.Create(x[0], y[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> High(Vector128<double> x, Vector128<double> y) => Vector128.Create(x[1], y[1]);
}
