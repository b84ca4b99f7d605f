using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Il;

/// <summary>
/// How values lie in registers: every dtype has a vector of the same number of lanes. A truth value is a lane of a 32-bit integer vector, all ones or zero.
/// </summary>
sealed class Registers
{
    static readonly ConcurrentDictionary<string, MethodInfo> Known = [];   // searching among the methods of a vector class is slow

    Registers(int lanes, bool isWide) => (Lanes, IsWide) = (lanes, isWide);

    /// <summary>The number of lanes: 16, 8 or 4.</summary>
    public int Lanes { get; }

    /// <summary>Bytes of the widest register.</summary>
    public int VectorBytes => Lanes * (IsWide ? 8 : 4);

    /// <summary>Whether elements of 8 bytes differ from lane to lane, so that those of 4 bytes fill only half of a register; see <see cref="Widths"/>.</summary>
    public bool IsWide { get; }

    /// <summary>Whether values of an element type are the same in all lanes, and kept in a register of 16 bytes.</summary>
    public bool IsShared(Type element) => !IsWide && Lanes > 4 && (element == typeof(double) || element == typeof(long));

    /// <summary>The lanes for registers of a number of bytes. With 16 bytes, 8-byte elements take two registers.</summary>
    public static Registers For(int vectorBytes, bool isWide) => new(Math.Max(4, vectorBytes / (isWide ? 8 : 4)), isWide);

    /// <summary>The helpers written out for this number of lanes.</summary>
    public Type Helpers => Lanes switch { 16 => typeof(Lanes16), 8 => typeof(Lanes8), _ => typeof(Lanes4) };

    /// <summary>The element type of the register of a dtype.</summary>
    public static Type Element(DType dtype) => dtype switch
    {
        DType.Float32 or DType.Float16 or DType.BFloat16 => typeof(float),
        DType.Float64 => typeof(double),
        DType.Int64 or DType.UInt64 => typeof(long),
        _ => typeof(int),
    };

    /// <summary>Whether elements take less room in memory than in a register, and are no truth values: they are unpacked and packed.</summary>
    public static bool IsPacked(DType dtype) => dtype.Size() < 4 && dtype != DType.Bool;

    /// <summary>The type of the register of a dtype.</summary>
    public Type Of(DType dtype) => Of(Element(dtype));

    /// <summary>The vector type with this number of elements.</summary>
    public Type Of(Type element) => Vector(Bits(element)).MakeGenericType(element);

    static Type Vector(int bits) => bits switch { 512 => typeof(Vector512<>), 256 => typeof(Vector256<>), _ => typeof(Vector128<>) };

    int Bits(Type element) => IsShared(element) ? 128 : Lanes * (element == typeof(double) || element == typeof(long) ? 64 : 32);

    Type Static(Type element) => Bits(element) switch { 512 => typeof(Vector512), 256 => typeof(Vector256), _ => typeof(Vector128) };

    /// <summary>A static method of the vector class whose parameters are registers of one element type, generic or overloaded.</summary>
    public MethodInfo Method(string name, Type element, int arity)
    {
        var key = $"{name}/{arity} {element.Name} {Bits(element)}";
        return Known.TryGetValue(key, out var known) ? known : Known[key] = Find(name, element, arity);
    }

    MethodInfo Find(string name, Type element, int arity)
    {
        var type = Of(element);
        foreach (var method in Named(name, element))
        {
            if (method.GetParameters().Length != arity || method.GetGenericArguments().Length > 1) continue;
            var closed = method.IsGenericMethod ? method.MakeGenericMethod(element) : method;
            if (Array.TrueForAll(closed.GetParameters(), p => p.ParameterType == type)) return closed;
        }
        throw new CompileException($"DeepSym broke an invariant: no vector method {name} of {element.Name}. Please report this.");
    }

    /// <summary>The larger or the smaller of two registers.</summary>
    public MethodInfo Extreme(Monoid monoid, Type element) => Bits(element) == 256 ? typeof(Extremes).GetMethod(monoid.ToString())!.MakeGenericMethod(element) : Method(monoid.ToString(), element, 2);

    /// <summary>A shift by a constant.</summary>
    public MethodInfo Shift(string name, Type element) => Static(element).GetMethod(name, [Of(element), typeof(int)])!;

    /// <summary>All lanes from one scalar.</summary>
    public MethodInfo Create(Type element) => Static(element).GetMethod("Create", [element])!;

    /// <summary>The first lane.</summary>
    public MethodInfo First(Type element) => Static(element).GetMethod("ToScalar")!.MakeGenericMethod(element);

    /// <summary>A load from a pointer.</summary>
    public MethodInfo Load(Type element) => Static(element).GetMethod("Load")!.MakeGenericMethod(element);

    /// <summary>A store to a pointer.</summary>
    public MethodInfo Store(Type element) => Store(element, element);

    MethodInfo Store(Type asWideAs, Type element) => Array.Find(Named("Store", asWideAs), m => m.GetParameters().Length == 2)!.MakeGenericMethod(element);

    /// <summary>A method of <see cref="PartialVectors"/> for the register of an element type: its name ends in the register's bits.</summary>
    public MethodInfo Partial(string name, Type element) => typeof(PartialVectors).GetMethod($"{name}{Bits(element)}")!.MakeGenericMethod(element);

    /// <summary>The lanes of a register combined into one number.</summary>
    public MethodInfo CombineAcross(Type element, Monoid monoid) => typeof(AcrossLanes).GetMethod($"Combine{Bits(element)}")!.MakeGenericMethod(element, AcrossLanes.Of(monoid));

    /// <summary>The register of float64 that holds the sums of half of the lanes of float32; see <see cref="WideSums"/>.</summary>
    public Type OfWideSum => Vector(Bits(typeof(float))).MakeGenericType(typeof(double));

    /// <summary>A load of such a register.</summary>
    public MethodInfo LoadWideSum() => Static(typeof(float)).GetMethod("Load")!.MakeGenericMethod(typeof(double));

    /// <summary>A store of such a register.</summary>
    public MethodInfo StoreWideSum() => Store(typeof(float), typeof(double));

    /// <summary>A method of <see cref="WideSums"/>.</summary>
    public MethodInfo WideSum(string name) => typeof(WideSums).GetMethod($"{name}{Bits(typeof(float))}")!;

    /// <summary>Whether every second element can be loaded and stored by permutations.</summary>
    public bool HasEven(Type element) => element != typeof(double) && element != typeof(long) && Bits(element) switch { 512 => Avx512F.IsSupported, 256 => Avx2.IsSupported, _ => false };

    /// <summary>The same bits as another element type of the same size.</summary>
    public MethodInfo As(Type from, Type to) => Array.Find(Named("As", from), m => m.GetGenericArguments().Length == 2)!.MakeGenericMethod(from, to);

    MethodInfo[] Named(string name, Type element) => Array.ConvertAll(Static(element).GetMember(name, MemberTypes.Method, BindingFlags.Public | BindingFlags.Static), m => (MethodInfo)m);

    /// <summary>A helper of <see cref="Helpers"/>.</summary>
    public MethodInfo Helper(string name) => (IsShared(typeof(long)) ? (Lanes == 16 ? typeof(Uniform16) : typeof(Uniform8)).GetMethod(name) : null) ?? Helpers.GetMethod(name, BindingFlags.Static | BindingFlags.Public)
        ?? throw new CompileException($"DeepSym broke an invariant: no lane helper {name}. Please report this.");
}
