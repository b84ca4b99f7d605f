using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace DeepSym.Backends.Cpu;

/// <summary>The widest vector that this processor runs in hardware, and how many rows of it fill its registers.</summary>
internal static class Lanes
{
    /// <summary>Bytes of a vector: 64, 32 or 16.</summary>
    public static int Bytes { get; } = Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16;

    /// <summary>Rows of a two-vector tile of sums that fit the register file: 12 with 32 registers, 6 with 16.</summary>
    public static int TileRows { get; } = Bytes == 64 || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>Elements of a vector.</summary>
    public static int Count<T>() where T : unmanaged => Bytes / Unsafe.SizeOf<T>();

    /// <summary>The vectors of the narrowest kernel (1, 2 or 4) that covers this many columns.</summary>
    public static int VectorsFor<T>(long columns) where T : unmanaged
    {
        var needed = (int)Blocks.Count(columns, Count<T>());
        return needed == 3 ? 4 : needed;
    }

    /// <summary>The vectors a row of a tile: with at most half as many rows as a tile can have, four instead of two keep the registers filled.</summary>
    public static int VectorsOfTile(long rows) => TileRows == 12 && rows <= TileRows / 2 ? 4 : 2;

    /// <summary>x y + z of float32 or float64, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();
}
