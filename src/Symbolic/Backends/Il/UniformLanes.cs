using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Il;

/// <summary>Conversions between registers of 16 elements of 4 bytes and values of 8 bytes, which are the same in all lanes and kept in a small register.</summary>
static class Uniform16
{
    /// <summary>float32 to float64.</summary>
    public static Vector128<double> WidenFloat(Vector512<float> x) => Vector128.Create((double)x.ToScalar());

    /// <summary>float64 to float32.</summary>
    public static Vector512<float> NarrowFloat(Vector128<double> x) => Vector512.Create((float)x.ToScalar());

    /// <summary>int32 to int64; masks too.</summary>
    public static Vector128<long> WidenInteger(Vector512<int> x) => Vector128.Create((long)x.ToScalar());

    /// <summary>int64 to int32, the upper half dropped; masks too.</summary>
    public static Vector512<int> NarrowInteger(Vector128<long> x) => Vector512.Create((int)x.ToScalar());
}

/// <summary>The same for registers of 8 elements of 4 bytes.</summary>
static class Uniform8
{
    /// <summary>float32 to float64.</summary>
    public static Vector128<double> WidenFloat(Vector256<float> x) => Vector128.Create((double)x.ToScalar());

    /// <summary>float64 to float32.</summary>
    public static Vector256<float> NarrowFloat(Vector128<double> x) => Vector256.Create((float)x.ToScalar());

    /// <summary>int32 to int64; masks too.</summary>
    public static Vector128<long> WidenInteger(Vector256<int> x) => Vector128.Create((long)x.ToScalar());

    /// <summary>int64 to int32, the upper half dropped; masks too.</summary>
    public static Vector256<int> NarrowInteger(Vector128<long> x) => Vector256.Create((int)x.ToScalar());
}
