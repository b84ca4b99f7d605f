using System.Runtime.CompilerServices;

namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction LtFunction = Comparison("lt", "<", (x, y) => x < y, (x, y) => x < y);
    static readonly ScalarFunction LeFunction = Comparison("le", "<=", (x, y) => x <= y, (x, y) => x <= y);
    static readonly ScalarFunction GtFunction = Comparison("gt", ">", (x, y) => x > y, (x, y) => x > y);
    static readonly ScalarFunction GeFunction = Comparison("ge", ">=", (x, y) => x >= y, (x, y) => x >= y);
    static readonly ScalarFunction EqFunction = Comparison("eq", "==", (x, y) => x == y, (x, y) => x == y);
    static readonly ScalarFunction NeqFunction = Comparison("neq", "!=", (x, y) => x != y, (x, y) => x != y);

    static readonly ScalarFunction AndFunction = Bitwise("and", "&", (x, y) => x & y);
    static readonly ScalarFunction OrFunction = Bitwise("or", "|", (x, y) => x | y);
    static readonly ScalarFunction XorFunction = Bitwise("xor", "^", (x, y) => x ^ y);

    static readonly ScalarFunction InvertFunction = new("invert", 1, ScalarTypes.Bitwise)
    {
        IsPrimitive = true,
        Value = (x, dtype) => dtype == DType.Bool ? !x[0].IsTrue : ~x[0].Integer,
    };

    // Shifts serve the lowerings: the amount is a constant, zeros come in from the left in ShiftRight.
    static readonly ScalarFunction ShiftLeftFunction = new("shl", 2, ScalarTypes.Bitwise)
    {
        IsPrimitive = true, Domain = (0, 7),
        Value = (x, dtype) => x[0].Integer << (int)x[1].Integer,
    };

    static readonly ScalarFunction ShiftRightFunction = new("shr", 2, ScalarTypes.Bitwise)
    {
        IsPrimitive = true, Domain = (0, 7),
        Value = (x, dtype) => dtype.Size() == 8 ? x[0].Integer >>> (int)x[1].Integer : (int)x[0].Integer >>> (int)x[1].Integer,
    };

    static readonly ScalarFunction SwitchFunction = new("switch", 3, ScalarTypes.Selection)
    {
        IsPrimitive = true,
        Value = (x, _) => x[0].IsTrue ? x[1] : x[2],
        Partials = [(_, _) => null, (x, _) => x[0], (x, _) => ~x[0]],
    };

    static readonly ScalarFunction IsNaNFunction = new("isnan", 1, ScalarTypes.Predicate)
    {
        Value = (x, _) => double.IsNaN(x[0].Real),
        Lowering = x => Neq(x[0], x[0]),
    };

    static readonly ScalarFunction IsInfFunction = new("isinf", 1, ScalarTypes.Predicate)
    {
        Value = (x, _) => double.IsInfinity(x[0].Real),
        Lowering = x => Eq(Abs(x[0]), double.PositiveInfinity),
    };

    // The bits of a float as the integer of the same size, and back.
    static readonly ScalarFunction BitsOfFloat32 = new("bits", 1, ScalarTypes.Conversion)
    {
        IsPrimitive = true, Result = DType.Int32, Value = (x, _) => BitConverter.SingleToInt32Bits((float)x[0].Real),
    };

    static readonly ScalarFunction BitsOfFloat64 = new("bits", 1, ScalarTypes.Conversion)
    {
        IsPrimitive = true, Result = DType.Int64, Value = (x, _) => BitConverter.DoubleToInt64Bits(x[0].Real),
    };

    static readonly ScalarFunction Float32OfBits = new("frombits", 1, ScalarTypes.Conversion)
    {
        IsPrimitive = true, Result = DType.Float32, Value = (x, _) => (double)BitConverter.Int32BitsToSingle((int)x[0].Integer),
    };

    static readonly ScalarFunction Float64OfBits = new("frombits", 1, ScalarTypes.Conversion)
    {
        IsPrimitive = true, Result = DType.Float64, Value = (x, _) => BitConverter.Int64BitsToDouble(x[0].Integer),
    };

    static readonly Dictionary<DType, ScalarFunction> CastFunctions = Enum.GetValues<DType>().ToDictionary(to => to, to => new ScalarFunction("cast_" + to.Name(), 1, ScalarTypes.Conversion)
    {
        IsPrimitive = to is not (DType.Float16 or DType.BFloat16),
        Result = to,
        Lowering = to is DType.Float16 or DType.BFloat16 ? x => HalfFloats.Rounded(x[0], to) : null,
        Value = (x, from) => from.IsFloating() ? FromReal(x[0].Real, to) : FromInteger(x[0].Integer, from, to),
        Partials = to.IsFloating() ? [(x, _) => x[0].DType.IsFloating() ? Constant(1) : null] : [],
    });

    /// <summary>Whether <c>x &lt; y</c>, elementwise.</summary>
    public static Expr Lt(Expr x, Expr y) => LtFunction.Lift(x, y);

    /// <summary>Whether <c>x ≤ y</c>, elementwise.</summary>
    public static Expr Le(Expr x, Expr y) => LeFunction.Lift(x, y);

    /// <summary>Whether <c>x &gt; y</c>, elementwise.</summary>
    public static Expr Gt(Expr x, Expr y) => GtFunction.Lift(x, y);

    /// <summary>Whether <c>x ≥ y</c>, elementwise.</summary>
    public static Expr Ge(Expr x, Expr y) => GeFunction.Lift(x, y);

    /// <summary>Whether <c>x = y</c>, elementwise; false when one is NaN. (<c>==</c> on expressions compares nodes, not values.)</summary>
    public static Expr Eq(Expr x, Expr y) => EqFunction.Lift(x, y);

    /// <summary>Whether <c>x ≠ y</c>, elementwise; true when one is NaN.</summary>
    public static Expr Neq(Expr x, Expr y) => NeqFunction.Lift(x, y);

    /// <summary>Bitwise and; logical and of truth values.</summary>
    public static Expr And(Expr x, Expr y) => AndFunction.Lift(x, y);

    /// <summary>Bitwise or; logical or of truth values.</summary>
    public static Expr Or(Expr x, Expr y) => OrFunction.Lift(x, y);

    /// <summary>Bitwise exclusive or; logical of truth values.</summary>
    public static Expr Xor(Expr x, Expr y) => XorFunction.Lift(x, y);

    /// <summary>Bitwise complement; logical not of a truth value.</summary>
    public static Expr Invert(Expr x) => InvertFunction.Lift(x);

    /// <summary><paramref name="x"/> where <paramref name="condition"/> holds, else <paramref name="y"/>, elementwise. A gradient flows only to what was selected, so a NaN of the other side cannot leak.</summary>
    public static Expr Switch(Expr condition, Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return SwitchFunction.Lift(condition.DType == DType.Bool ? condition : Neq(condition, 0), x, y);
    }

    /// <summary>Another name of <see cref="Switch"/>.</summary>
    public static Expr Where(Expr condition, Expr x, Expr y) => Switch(condition, x, y);

    /// <summary>Whether x is NaN, elementwise.</summary>
    public static Expr IsNaN(Expr x) => IsNaNFunction.Lift(x);

    /// <summary>Whether x is an infinity, elementwise.</summary>
    public static Expr IsInf(Expr x) => IsInfFunction.Lift(x);

    /// <summary>x converted to <paramref name="dtype"/>: towards zero to integers, <c>x ≠ 0</c> to bool. The gradient passes between floating dtypes.</summary>
    public static Expr Cast(Expr x, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x is Constant { IsWeak: true, Rank: 0 } literal) return Constant(literal.Value.To(dtype));
        return x.DType == dtype && !x.IsWeak ? x : x.DType == dtype ? x : new Map(CastFunctions[dtype]).On(x);
    }

    // For lowerings.
    internal static Expr Bits(Expr x) => new Map(x.DType == DType.Float32 ? BitsOfFloat32 : BitsOfFloat64).On(x);

    internal static Expr FromBits(Expr x) => new Map(x.DType == DType.Int32 ? Float32OfBits : Float64OfBits).On(x);

    internal static Expr ShiftLeft(Expr x, int amount) => ShiftLeftFunction.Lift(x, amount);

    internal static Expr ShiftRight(Expr x, int amount) => ShiftRightFunction.Lift(x, amount);

    // Towards zero, at the ends by saturation, NaN as 0; wider integers lose their upper bits where the result is stored.
    static Number FromReal(double x, DType to) => to switch
    {
        DType.Bool => x != 0,
        DType.Int8 => (long)(sbyte)Math.Clamp(Whole(x), sbyte.MinValue, sbyte.MaxValue),
        DType.UInt8 => (long)(byte)Math.Clamp(Whole(x), byte.MinValue, byte.MaxValue),
        DType.Int16 => (long)(short)Math.Clamp(Whole(x), short.MinValue, short.MaxValue),
        DType.UInt16 => (long)(ushort)Math.Clamp(Whole(x), ushort.MinValue, ushort.MaxValue),
        DType.Int32 => (long)(int)x,
        DType.UInt32 => (long)(uint)x,
        DType.Int64 => (long)x,
        DType.UInt64 => (long)(ulong)x,
        _ => Rounded(x, to),
    };

    static Number FromInteger(long x, DType from, DType to) => to switch
    {
        DType.Bool => x != 0,
        DType.Int8 => (long)(sbyte)x,
        DType.UInt8 => (long)(byte)x,
        DType.Int16 => (long)(short)x,
        DType.UInt16 => (long)(ushort)x,
        DType.Int32 => (long)(int)x,
        DType.UInt32 => (long)(uint)x,
        DType.Int64 or DType.UInt64 => x,
        DType.Float64 => from == DType.UInt64 ? (double)(ulong)x : x,
        _ => Rounded(from == DType.UInt64 ? (float)(ulong)x : x, to),
    };

    static double Whole(double x) => double.IsNaN(x) ? 0 : x;

    // The nearest number of a floating dtype; the halves by way of float32.
    static double Rounded(double x, DType to) => to switch
    {
        DType.Float32 => (float)x,
        DType.Float16 => (double)(Half)(float)x,
        DType.BFloat16 => (double)(BFloat16)(float)x,
        _ => x,
    };

    static ScalarFunction Comparison(string name, string symbol, Func<double, double, bool> real, Func<long, long, bool> integer) => new(name, 2, ScalarTypes.Comparison)
    {
        Symbol = symbol, IsPrimitive = true, IsCommutative = symbol is "==" or "!=",
        Value = (x, dtype) => dtype.IsFloating() ? real(x[0].Real, x[1].Real) : integer(ScalarFunction.InOrder(x[0].Integer, dtype), ScalarFunction.InOrder(x[1].Integer, dtype)),
    };

    static ScalarFunction Bitwise(string name, string symbol, Func<long, long, long> value) => new(name, 2, ScalarTypes.Bitwise)
    {
        Symbol = symbol, IsPrimitive = true, IsCommutative = true, Domain = (0, 7),
        Value = (x, _) => value(x[0].Integer, x[1].Integer),
    };
}
