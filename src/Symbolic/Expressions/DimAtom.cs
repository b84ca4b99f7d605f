namespace DeepSym;

/// <summary>An unknown in the size of an axis.</summary>
public abstract record DimAtom : IComparable<DimAtom>
{
    /// <summary>A text that orders atoms and tells them apart.</summary>
    internal abstract string Key { get; }

    /// <summary>Whether the value is never negative.</summary>
    internal virtual bool IsNonNegative => true;

    /// <summary>The value, when <paramref name="leaf"/> gives those of the atoms that are not computed from others.</summary>
    internal virtual long Evaluate(Func<DimAtom, long> leaf) => leaf(this);

    /// <inheritdoc/>
    public int CompareTo(DimAtom? other) => string.CompareOrdinal(Key, other?.Key);

    /// <summary>Order by key.</summary>
    public static bool operator <(DimAtom left, DimAtom right) => left.CompareTo(right) < 0;

    /// <summary>Order by key.</summary>
    public static bool operator >(DimAtom left, DimAtom right) => left.CompareTo(right) > 0;

    /// <summary>Order by key.</summary>
    public static bool operator <=(DimAtom left, DimAtom right) => left.CompareTo(right) <= 0;

    /// <summary>Order by key.</summary>
    public static bool operator >=(DimAtom left, DimAtom right) => left.CompareTo(right) >= 0;
}

/// <summary>A size that the user named: equal names are equal sizes.</summary>
public sealed record NamedDim(string Name) : DimAtom
{
    internal override string Key => "n:" + Name;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The size of axis <paramref name="Axis"/> of an input or shared variable that gave it no name.</summary>
public sealed record AxisDim(Leaf Variable, int Axis) : DimAtom
{
    internal override string Key => $"a:{Variable.Name}#{Variable.Identity}.{Axis}";

    /// <summary>For example <c>x.0</c>.</summary>
    public override string ToString() => $"{Variable.Name}.{Axis}";
}

/// <summary>The value of a scalar integer expression, known only when the function runs.</summary>
public sealed record ValueDim(Expr Value) : DimAtom
{
    internal override string Key => $"v:{Value.Identity}";

    internal override bool IsNonNegative => false;

    /// <summary>The expression in angle brackets.</summary>
    public override string ToString() => $"<{Value}>";
}

/// <summary>The functions of sizes that are not polynomials.</summary>
public enum DimFunctionKind
{
    /// <summary>The quotient, rounded down.</summary>
    FloorDivide,

    /// <summary>The smaller.</summary>
    Min,

    /// <summary>The larger.</summary>
    Max,
}

/// <summary>A quotient, minimum or maximum of two sizes.</summary>
public sealed record DimFunction(DimFunctionKind Kind, Dim Left, Dim Right) : DimAtom
{
    internal override string Key => $"f:{Kind}({Left},{Right})";

    internal override bool IsNonNegative => Kind switch
    {
        DimFunctionKind.Max => Left.IsNonNegative || Right.IsNonNegative,
        _ => Left.IsNonNegative && Right.IsNonNegative,
    };

    internal override long Evaluate(Func<DimAtom, long> leaf)
    {
        var (left, right) = (Left.Evaluate(leaf), Right.Evaluate(leaf));
        return Kind switch
        {
            DimFunctionKind.FloorDivide => right == 0 ? throw new ShapeException($"The size {this} divides by zero.") : FloorDivide(left, right),
            DimFunctionKind.Min => Math.Min(left, right),
            _ => Math.Max(left, right),
        };
    }

    internal static long FloorDivide(long left, long right)
    {
        var quotient = left / right;
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
    }

    /// <summary>For example <c>(n - 2)//2</c> or <c>min(n, 3)</c>.</summary>
    public override string ToString() => Kind switch
    {
        DimFunctionKind.FloorDivide => $"({Left})//({Right})",
        DimFunctionKind.Min => $"min({Left}, {Right})",
        _ => $"max({Left}, {Right})",
    };
}
