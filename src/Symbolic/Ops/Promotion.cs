namespace DeepSym;

/// <summary>
/// How dtypes meet: bool &lt; integer &lt; float. Of two of one kind comes the smallest of that kind that holds both (int8 with uint8 is int16; float64 where there
/// is none, for int64 with uint64); a lower kind never widens a higher one (float32 with int64 is float32);
/// a weak literal takes the dtype of what it meets, unless its kind is higher or the literal lies beyond it (int8 with 1000 is int16).
/// </summary>
public static class Promotion
{
    /// <summary>The dtype in which <paramref name="exprs"/> meet.</summary>
    public static DType Common(params ReadOnlySpan<Expr> exprs)
    {
        DType? strong = null, weak = null;
        foreach (var expr in exprs)
        {
            ref var side = ref expr.IsWeak ? ref weak : ref strong;
            side = side is { } other ? Common(other, expr.DType) : expr.DType;
        }
        if (strong is not { } s) return weak ?? throw new ArgumentException("At least one expression is needed.", nameof(exprs));
        if (weak is not { } w || w.Kind() < s.Kind()) return s;
        if (w.Kind() == s.Kind()) return s.IsInteger() ? Holding(s, exprs) : s;
        return w.IsFloating() ? ToFloating(s) : w;
    }

    // An integer dtype, or a wider one where a literal lies beyond it.
    static DType Holding(DType dtype, ReadOnlySpan<Expr> exprs)
    {
        foreach (var expr in exprs)
            if (expr is Constant { IsWeak: true, Rank: 0 } literal && literal.DType.IsInteger() && !Contains(dtype, literal.Value.ToScalar<long>()))
                foreach (var wider in DTypes.All)
                    if (wider.IsInteger() && wider.Holds(dtype) && Contains(wider, literal.Value.ToScalar<long>()))
                    {
                        dtype = wider;
                        break;
                    }
        return dtype;
    }

    /// <summary>Whether a cast to a dtype of a lower kind could lose a value: not of a literal that is a whole number.</summary>
    internal static bool Loses(Expr value, DType dtype) => value.DType.Kind() > dtype.Kind()
        && !(dtype.IsInteger() && value is Constant { IsWeak: true, Rank: 0 } literal && double.IsInteger(literal.Value.ToScalar<double>()));

    static bool Contains(DType dtype, long value)
    {
        var bits = 8 * dtype.Size() - (dtype.IsSigned() ? 1 : 0);
        return value >= 0 ? bits >= 63 || value < 1L << bits : dtype.IsSigned() && (bits >= 63 || value >= -1L << bits);
    }

    /// <summary>The dtype in which two dtypes meet.</summary>
    public static DType Common(DType left, DType right) => Table[(int)left, (int)right];

    static readonly DType[,] Table = Meetings();

    static DType[,] Meetings()
    {
        var table = new DType[DTypes.All.Length, DTypes.All.Length];
        foreach (var left in DTypes.All)
            foreach (var right in DTypes.All)
                table[(int)left, (int)right] = left.Kind() > right.Kind() ? left : right.Kind() > left.Kind() ? right : Smallest(left, right);
        return table;
    }

    static DType Smallest(DType left, DType right)
    {
        foreach (var dtype in DTypes.All)
            if (dtype.Kind() == left.Kind() && dtype.Holds(left) && dtype.Holds(right)) return dtype;
        return DType.Float64;
    }

    /// <summary>The floating dtype that stands for <paramref name="dtype"/> in divisions, means and transcendental functions: float64 for 64-bit integers, float32 for smaller ones, itself for a float.</summary>
    public static DType ToFloating(DType dtype) => dtype.IsFloating() ? dtype : dtype.Size() > 4 ? DType.Float64 : DType.Float32;

    internal static Expr[] Arguments(ScalarFunction function, ReadOnlySpan<Expr> arguments)
    {
        var result = arguments.ToArray();
        var first = function.Types == ScalarTypes.Selection ? 1 : 0;
        var dtype = Common(arguments[first..]);
        if (function.Types is ScalarTypes.Floating or ScalarTypes.Predicate) dtype = ToFloating(dtype);
        Check(function, dtype, arguments);
        for (var i = first; i < result.Length; i++) result[i] = T.Cast(result[i], dtype);
        return result;
    }

    internal static void Check(ScalarFunction function, DType dtype, ReadOnlySpan<Expr> arguments)
    {
        var allowed = function.Types switch
        {
            ScalarTypes.Floating or ScalarTypes.Predicate => dtype.IsFloating(),
            ScalarTypes.Bitwise => !dtype.IsFloating(),
            _ => true,
        };
        if (!allowed)
            throw new DTypeException($"{function.Name}({string.Join(", ", arguments.ToArray().Select(a => a.Describe()))}) is not defined for {dtype.Name()}. Convert with T.Cast.");
    }
}
