namespace DeepSym.Kernels;

/// <summary>A place in a buffer while sizes are still symbolic; becomes an <see cref="Access"/>.</summary>
sealed record SymbolicAccess(Buffer Buffer, Dim Offset, EquatableArray<SymbolicTerm> Terms, EquatableArray<SymbolicGuard> Guards, EquatableArray<SymbolicDynamic> Dynamic, Expr? Parameter = null)
{
    /// <summary>A literal or a size in its parameter block.</summary>
    public static SymbolicAccess OfParameter(Buffer buffer, Expr value) => new(buffer, Dim.Zero, [], [], [], value);

    /// <summary>The axes that move it.</summary>
    public IEnumerable<int> Axes => Terms.Select(t => t.Axis).Concat(Guards.SelectMany(g => g.Terms.Select(t => t.Axis)));

    public Dim StrideOf(int axis) => Terms.Where(t => t.Axis == axis).Select(t => t.Stride).FirstOrDefault(Dim.Zero);

    /// <summary>The strides of a contiguous tensor.</summary>
    public static Dim[] StridesOf(Shape shape, Func<Dim, Dim> canonical)
    {
        var strides = new Dim[shape.Rank];
        var stride = Dim.One;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= canonical(shape[axis]);
        }
        return strides;
    }
}

/// <summary>An axis and how far one step along it moves.</summary>
sealed record SymbolicTerm(int Axis, Dim Stride);

sealed record SymbolicGuard(Dim Offset, EquatableArray<SymbolicTerm> Terms, int Divisor, Dim Limit, Dim Stride);

sealed record SymbolicDynamic(Variable Value, Dim Limit, Dim Stride);

sealed record SymbolicLoad(Variable Target, SymbolicAccess Source) : Statement;

sealed record SymbolicStore(SymbolicAccess Target, Expr Value, Expr? Root, StoreMode Mode = StoreMode.Set) : Statement;

sealed record SymbolicOwned(int Axis, int Owners, EquatableArray<SymbolicDynamic> Indices, EquatableArray<Statement> Body) : Statement;

/// <summary>A loop over axes, the last of which runs by vectors when <paramref name="IsVector"/>.</summary>
sealed record SymbolicLoop(bool IsVector, EquatableArray<int> Axes, EquatableArray<Statement> Body) : Statement;
