namespace DeepSym.Kernels;

/// <summary>
/// A kernel as a tree of loops around scalar expressions, ready for a backend. A call passes pointers to buffers, a block of sizes
/// (extents, strides, offsets, all in elements) and the range [begin, end) of the root loop that it is to run.
/// Structure only: lengths and pointers come with the call, so that equal structure is compiled once.
/// </summary>
/// <param name="Buffers">The element type of each buffer.</param>
/// <param name="Sizes">How many slots the block of sizes has; slot 0 receives the error code of a failed bounds check (see <see cref="Access.Dynamic"/>).</param>
/// <param name="Root">The outermost loop; its range is that of the call, not [0, extent).</param>
sealed record LoopNest(EquatableArray<DType> Buffers, int Sizes, Loop Root);

/// <summary>A number in the code: known when the kernel is compiled, or the slot of the block of sizes that holds it.</summary>
readonly record struct Size(long Value, bool IsSlot)
{
    public static Size Of(long value) => new(value, IsSlot: false);

    public static Size Slot(int slot) => new(slot, IsSlot: true);

    public override string ToString() => IsSlot ? $"s{Value}" : $"{Value}";
}

/// <summary>How a loop runs.</summary>
enum LoopKind
{
    /// <summary>One index after the other. At the root: each index of the range is one independent piece of work.</summary>
    Serial,

    /// <summary>A vector of consecutive indices at a time, the last one partly filled. No vector loop lies inside another.</summary>
    Vector,
}

/// <summary>A statement of a kernel.</summary>
abstract record Statement;

/// <summary>
/// Runs <paramref name="Body"/> for the indices of <paramref name="Axes"/>: row-major over their extents, the last axis fastest. Only a serial loop has more
/// than one axis (the root: a flat index is split over them). A vector loop has one.
/// </summary>
sealed record Loop(LoopKind Kind, EquatableArray<LoopAxis> Axes, EquatableArray<Statement> Body) : Statement;

/// <summary>An axis, known by its number in the kernel, and its extent.</summary>
sealed record LoopAxis(int Axis, Size Extent);

/// <summary>Gives <paramref name="Target"/> the element at <paramref name="Source"/>.</summary>
sealed record Load(Variable Target, Access Source) : Statement;

/// <summary>Gives <paramref name="Target"/> (int64) the index along an axis.</summary>
sealed record LoadIndex(Variable Target, int Axis) : Statement;

/// <summary>Gives <paramref name="Target"/> the value of a scalar expression of variables given before: computed here, used deeper inside.</summary>
sealed record Compute(Variable Target, Expr Value) : Statement;

/// <summary>Writes a scalar expression, or adds it to what is there.</summary>
sealed record Store(Access Target, Expr Value, StoreMode Mode = StoreMode.Set) : Statement
{
    /// <summary>Whether it adds to what is there.</summary>
    public bool IsSum => Mode != StoreMode.Set;
}

/// <summary>What a store does with what is there.</summary>
enum StoreMode
{
    /// <summary>Overwrites it.</summary>
    Set,

    /// <summary>Adds to it.</summary>
    Add,

    /// <summary>Adds to it while others may do the same: only on devices.</summary>
    AddAtomically,
}

/// <summary>
/// Runs <paramref name="Body"/> where the place named by <paramref name="Indices"/>, the sum of them modulo <paramref name="Owners"/> (a power of two), is the index along
/// <paramref name="Axis"/>: each place has one owner. Only on devices.
/// </summary>
sealed record Owned(int Axis, int Owners, EquatableArray<DynamicIndex> Indices, EquatableArray<Statement> Body) : Statement;

/// <summary>
/// Runs <paramref name="Body"/>, in which <see cref="Accumulate"/> statements feed the accumulators; after it each accumulator's variable has
/// the combined value of all of them (also across the lanes when they were fed inside a vector loop that lies in the body).
/// </summary>
sealed record Reduction(EquatableArray<Accumulator> Accumulators, EquatableArray<Statement> Body) : Statement;

/// <summary>An accumulator: starts as the neutral element. A float32 sum is kept in float64, or, on devices, compensated, so that its error does not grow with the length.</summary>
sealed record Accumulator(Variable Result, Monoid Monoid);

/// <summary>Combines a value into the accumulator whose result is <paramref name="Target"/>.</summary>
sealed record Accumulate(Variable Target, Expr Value) : Statement;

/// <summary>
/// Which element of a buffer: <c>Offset + Σ index(axis)·stride</c>, in elements.
/// </summary>
/// <param name="Buffer">The number of the buffer.</param>
/// <param name="Offset">Where index zero lies.</param>
/// <param name="Terms">The axes that move it; axes not named do not.</param>
/// <param name="Guards">When one of them fails, a load gives zero and touches no memory.</param>
/// <param name="Dynamic">Indices that are values: each adds <c>value·stride</c>; negative ones count from the end, others out of range set the error code
/// (slot 0 = 1) and read element 0 along that axis.</param>
sealed record Access(int Buffer, Size Offset, EquatableArray<AccessTerm> Terms, EquatableArray<AccessGuard> Guards = default, EquatableArray<DynamicIndex> Dynamic = default)
{
    /// <summary>The stride along an axis: zero when it is not named.</summary>
    public Size StrideOf(int axis)
    {
        foreach (var term in Terms)
            if (term.Axis == axis) return term.Stride;
        return Size.Of(0);
    }
}

/// <summary>An axis and how far one step along it moves, in elements. Each axis is named at most once in an access.</summary>
sealed record AccessTerm(int Axis, Size Stride);

/// <summary>
/// Holds when <c>q = (Offset + Σ index(axis)·stride) / Divisor</c> is an integer with <c>0 ≤ q &lt; Limit</c>; then <c>q·Stride</c> is added to the place
/// (with a divisor of 1 as well: the axes of a guarded index are in the guard, not in the access's terms).
/// </summary>
sealed record AccessGuard(Size Offset, EquatableArray<AccessTerm> Terms, int Divisor, Size Limit, Size Stride);

/// <summary>An index that is the value of an int64 variable, the size of the axis it runs along, and its stride.</summary>
sealed record DynamicIndex(Variable Value, Size Limit, Size Stride);
