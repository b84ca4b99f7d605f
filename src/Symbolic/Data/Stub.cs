#pragma warning disable
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace DeepSym;
public enum DType { Bool, Int32, Int64, Float32, Float64 }
public static class DTypes {
  public static int Size(this DType d) => d switch { DType.Bool => 1, DType.Int32 or DType.Float32 => 4, _ => 8 };
  public static bool IsFloating(this DType d) => d >= DType.Float32;
  public static bool IsInteger(this DType d) => d is DType.Int32 or DType.Int64;
  public static int Kind(this DType d) => d == DType.Bool ? 0 : d.IsInteger() ? 1 : 2;
  public static string Name(this DType d) => d.ToString().ToLowerInvariant();
  public static DType Of<T>() => typeof(T) == typeof(bool) ? DType.Bool : typeof(T) == typeof(int) ? DType.Int32 : typeof(T) == typeof(long) ? DType.Int64 : typeof(T) == typeof(float) ? DType.Float32 : DType.Float64;
}
public sealed class DTypeException(string m) : ArgumentException(m);
public sealed class ShapeException(string m) : ArgumentException(m);
public sealed unsafe class Tensor {
  readonly ulong[] _a; readonly int[] _s; public DType DType { get; } readonly int _off;
  Tensor(DType d, int[] s) { DType = d; _s = s; long n = 1; foreach (var x in s) n *= x; Length = n; _a = GC.AllocateArray<ulong>((int)(n * d.Size() / 8 + 9), pinned: true); 
     var p = (long)Unsafe.AsPointer(ref _a[0]); _off = (int)((64 - p % 64) % 64 / 8); Pointer = (byte*)Unsafe.AsPointer(ref _a[_off]); }
  internal byte* Pointer { get; }
  public long Length { get; } public ReadOnlySpan<int> Shape => _s; public int Rank => _s.Length;
  public static Tensor Zeros(DType d, params ReadOnlySpan<int> s) => new(d, s.ToArray());
  public static Tensor Empty(DType d, params ReadOnlySpan<int> s) => new(d, s.ToArray());
  public static Tensor Zeros<T>(params ReadOnlySpan<int> s) where T : unmanaged => new(DTypes.Of<T>(), s.ToArray());
  public static Tensor Scalar<T>(T v) where T : unmanaged { var t = Zeros<T>(); t.AsSpan<T>()[0] = v; return t; }
  public static Tensor From<T>(ReadOnlySpan<T> d, params ReadOnlySpan<int> s) where T : unmanaged { var t = Zeros<T>(s); d.CopyTo(t.AsSpan<T>()); return t; }
  public static Tensor From<T>(T[] d) where T : unmanaged => From<T>((ReadOnlySpan<T>)d, d.Length);
  public static Tensor From(Array a) { var s = Enumerable.Range(0, a.Rank).Select(a.GetLength).ToArray(); var e = a.GetType().GetElementType()!;
     var d = e == typeof(double) ? DType.Float64 : e == typeof(float) ? DType.Float32 : e == typeof(long) ? DType.Int64 : e == typeof(int) ? DType.Int32 : DType.Bool; var t = new Tensor(d, s);
     Buffer.MemoryCopy((void*)Marshal.UnsafeAddrOfPinnedArrayElement(a, 0), t.Pointer, t.Length * d.Size(), t.Length * d.Size()); return t; }
  public Span<T> AsSpan<T>() where T : unmanaged => new(Pointer, (int)Length);
  internal Span<byte> AsBytes() => new(Pointer, (int)(Length * DType.Size()));
  public T[] ToArray<T>() where T : unmanaged => AsSpan<T>().ToArray();
  public T ToScalar<T>() where T : unmanaged, System.Numerics.INumber<T> => DType switch { DType.Float32 => T.CreateTruncating(AsSpan<float>()[0]), DType.Float64 => T.CreateTruncating(AsSpan<double>()[0]), DType.Int32 => T.CreateTruncating(AsSpan<int>()[0]), DType.Int64 => T.CreateTruncating(AsSpan<long>()[0]), _ => T.CreateTruncating(AsSpan<byte>()[0]) };
  public Tensor Copy() { var t = new Tensor(DType, _s); AsBytes().CopyTo(t.AsBytes()); return t; }
  public void CopyTo(Tensor o) => AsBytes().CopyTo(o.AsBytes());
  public bool ContentEquals(Tensor o) => DType == o.DType && Shape.SequenceEqual(o.Shape) && AsBytes().SequenceEqual(o.AsBytes());
  public Tensor Reshape(params ReadOnlySpan<int> s) { var t = new Tensor(DType, s.ToArray()); AsBytes().CopyTo(t.AsBytes()); return t; }
  public Tensor To(DType d) { var t = new Tensor(d, _s); for (long i = 0; i < Length; i++) { var v = DType switch { DType.Float32 => AsSpan<float>()[(int)i], DType.Float64 => AsSpan<double>()[(int)i], DType.Int32 => AsSpan<int>()[(int)i], DType.Int64 => AsSpan<long>()[(int)i], _ => AsBytes()[(int)i] };
     switch (d) { case DType.Float32: t.AsSpan<float>()[(int)i] = (float)v; break; case DType.Float64: t.AsSpan<double>()[(int)i] = v; break; case DType.Int32: t.AsSpan<int>()[(int)i] = (int)v; break; case DType.Int64: t.AsSpan<long>()[(int)i] = (long)v; break; default: t.AsBytes()[(int)i] = v != 0 ? (byte)1 : (byte)0; break; } } return t; }
}
