namespace DeepSym;

public static partial class T
{
    /// <summary>The indices along each axis of positions in the row-major order of a shape (<paramref name="columnMajor"/>: the first axis runs fastest); a position beyond its end is an error of the call.</summary>
    public static Expr[] UnravelIndex(Expr positions, ReadOnlySpan<Dim> shape, bool columnMajor = false)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var target = Shape.Create(shape);
        return Unravelled(Assert(positions, (positions >= 0) & (positions < Size(target.Length)), $"unravel_index({positions.Describe()}) in shape {target}: a position is below 0 or beyond the last element."), shape, columnMajor);
    }

    // Of positions that are known to lie in the shape.
    static Expr[] Unravelled(Expr positions, ReadOnlySpan<Dim> shape, bool columnMajor = false)
    {
        var strides = Strides(shape, columnMajor);
        var indices = new Expr[shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var above = strides[axis].IsOne ? positions : FloorDivide(positions, Size(strides[axis]));
            var isOutermost = axis == (columnMajor ? shape.Length - 1 : 0);
            indices[axis] = isOutermost ? above : Mod(above, Size(shape[axis]));
        }
        return indices;
    }

    /// <summary>The positions in the row-major order of a shape of indices along each of its axes, <c>Σ index · stride</c>; an index beyond its axis is an error of the call.</summary>
    /// <exception cref="ShapeException">There is not one index for each axis.</exception>
    public static Expr RavelMultiIndex(IReadOnlyList<Expr> indices, ReadOnlySpan<Dim> shape, IndexMode mode = IndexMode.Raise, bool columnMajor = false)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.Count != shape.Length) throw new ShapeException($"ravel_multi_index: {indices.Count} indices are given for a shape of {shape.Length} axes.");
        var strides = Strides(shape, columnMajor);
        Expr sum = 0L;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var index = mode == IndexMode.Raise ? Take(Arange(Size(shape[axis])), indices[axis]) : Within(indices[axis], Size(shape[axis]), mode);
            sum += index * Size(strides[axis]);
        }
        return sum;
    }

    /// <summary>The permutation that undoes one: <c>q[p[i]] = i</c>, along the last axis.</summary>
    public static Expr InversePermutation(Expr permutation) => ArgSort(permutation);

    /// <summary>
    /// Each row of x with its elements in another order: <c>y[i,j] = x[i, p[i,j]]</c>, or <c>y[i, p[i,j]] = x[i,j]</c> when <paramref name="inverse"/>; the leading
    /// axes of x and of the permutation are broadcast.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Expr PermuteRows(Expr x, Expr permutation, bool inverse = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(permutation);
        if (x.Rank == 0 || permutation.Rank == 0) throw new ShapeException($"permute_rows({x.Describe()}, {permutation.Describe()}): both need an axis.");
        var both = Broadcasting.Align("permute_rows", [x, inverse ? InversePermutation(permutation) : permutation]);
        return TakeAlongAxis(both[0], both[1], -1);
    }

    // Indices brought into an axis of the given size.
    static Expr Within(Expr index, Expr size, IndexMode mode) => mode switch
    {
        IndexMode.Wrap => Mod(index, size),
        IndexMode.Clip => Maximum(Minimum(index, size - 1), 0),
        _ => index,
    };

    static Dim[] Strides(ReadOnlySpan<Dim> shape, bool columnMajor)
    {
        var strides = new Dim[shape.Length];
        var stride = Dim.One;
        for (var i = 0; i < shape.Length; i++)
        {
            var axis = columnMajor ? i : shape.Length - 1 - i;
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }
}

/// <summary>What an index beyond the end of its axis means.</summary>
public enum IndexMode
{
    /// <summary>An error of the call; a negative index counts from the end.</summary>
    Raise,

    /// <summary>It starts over: the index modulo the size.</summary>
    Wrap,

    /// <summary>The nearest index; a negative one is 0.</summary>
    Clip,
}
