using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// How an operand of a contraction lies in memory as a batch of matrices: each group of axes (batch, free, summed) walks as one axis with one stride.
/// </summary>
static class ContractLayout
{
    /// <summary>The strides of the axes of an operand, given the contiguous buffer behind it.</summary>
    public static Dim[] Strides(Shape buffer, EquatableArray<int> permutation)
    {
        var strides = SymbolicAccess.StridesOf(buffer, dim => dim);
        return permutation.Count == 0 ? strides : [.. permutation.Select(axis => strides[axis])];
    }

    /// <summary>The stride of a group of axes that walk as one; null when they do not. Axes of size 1 do not count.</summary>
    public static Dim? Collapse(IEnumerable<int> axes, IReadOnlyList<Dim> dims, Dim[] strides)
    {
        Dim? stride = null;
        var span = Dim.One;
        foreach (var axis in axes.Where(axis => !dims[axis].IsOne).Reverse())
        {
            if (stride is not null && strides[axis] != stride * span) return null;
            stride ??= strides[axis];
            span *= dims[axis];
        }
        return stride ?? Dim.Zero;
    }
}
