using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Il;

/// <summary>What registers of 16 lanes need beyond the methods of the vector classes.</summary>
static unsafe class Lanes16
{
    /// <summary>The indices of the lanes.</summary>
    public static Vector512<int> Indices() => Vector512<int>.Indices;

    /// <summary>Truth values from bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBool(byte* p)
    {
        var bytes = Vector128.Load(p);
        var low = Vector128.WidenLower(bytes);
        var high = Vector128.WidenUpper(bytes);
        var words = Vector512.Create(
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)),
            Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)));
        return ~Vector512.Equals(words.AsInt32(), Vector512<int>.Zero);
    }

    /// <summary>Truth values to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBool(Vector512<int> mask, byte* p)
    {
        var ones = (mask & Vector512.Create(1)).AsUInt32();
        var shorts = Vector256.Narrow(ones.GetLower(), ones.GetUpper());
        Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(p);
    }
}

/// <summary>What registers of 8 lanes need beyond the methods of the vector classes.</summary>
static unsafe class Lanes8
{
    /// <summary>The indices of the lanes.</summary>
    public static Vector256<int> Indices() => Vector256<int>.Indices;

    /// <summary>Truth values from bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadBool(byte* p)
    {
        var shorts = Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)p).AsByte());
        var words = Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts));
        return ~Vector256.Equals(words.AsInt32(), Vector256<int>.Zero);
    }

    /// <summary>Truth values to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBool(Vector256<int> mask, byte* p)
    {
        var ones = (mask & Vector256.Create(1)).AsUInt32();
        var shorts = Vector128.Narrow(ones.GetLower(), ones.GetUpper());
        *(ulong*)p = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
    }

    /// <summary>float32 to float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WidenFloat(Vector256<float> x) => Vector512.Create(Vector256.WidenLower(x), Vector256.WidenUpper(x));

    /// <summary>float64 to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NarrowFloat(Vector512<double> x) => Vector256.Narrow(x.GetLower(), x.GetUpper());

    /// <summary>int32 to int64; masks too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> WidenInteger(Vector256<int> x) => Vector512.Create(Vector256.WidenLower(x), Vector256.WidenUpper(x));

    /// <summary>int64 to int32, the upper half dropped; masks too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> NarrowInteger(Vector512<long> x) => Vector256.Narrow(x.GetLower(), x.GetUpper());
}

/// <summary>What registers of 4 lanes need beyond the methods of the vector classes.</summary>
static unsafe class Lanes4
{
    /// <summary>The indices of the lanes.</summary>
    public static Vector128<int> Indices() => Vector128<int>.Indices;

    /// <summary>Truth values from bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBool(byte* p)
    {
        var words = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(uint*)p).AsByte()));
        return ~Vector128.Equals(words.AsInt32(), Vector128<int>.Zero);
    }

    /// <summary>Truth values to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBool(Vector128<int> mask, byte* p)
    {
        var ones = (mask & Vector128.Create(1)).AsUInt32();
        var shorts = Vector128.Narrow(ones, ones);
        *(uint*)p = Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar();
    }

    /// <summary>float32 to float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenFloat(Vector128<float> x) => Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));

    /// <summary>float64 to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NarrowFloat(Vector256<double> x) => Vector128.Narrow(x.GetLower(), x.GetUpper());

    /// <summary>int32 to int64; masks too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> WidenInteger(Vector128<int> x) => Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));

    /// <summary>int64 to int32, the upper half dropped; masks too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> NarrowInteger(Vector256<long> x) => Vector128.Narrow(x.GetLower(), x.GetUpper());
}
