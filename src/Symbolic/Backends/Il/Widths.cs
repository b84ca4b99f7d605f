using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// Whether some value of 8 bytes differs from lane to lane of a kernel. Where none does (a learning rate, a count, the index of a row), vectors hold as many
/// 4-byte elements as fit, and values of 8 bytes are kept once.
/// </summary>
sealed class Widths
{
    readonly Expansion _expansion = new();
    readonly HashSet<Variable> _varying = [];
    bool _isWide;

    /// <summary>Whether registers must have a lane of 8 bytes for each element.</summary>
    public static bool IsWide(LoopNest nest)
    {
        var widths = new Widths();
        widths.Visit(nest.Root, -1);
        return widths._isWide;
    }

    // The axis that vectors run along, or -1.
    void Visit(Statement statement, int axis)
    {
        switch (statement)
        {
            case Loop loop:
                foreach (var inner in loop.Body) Visit(inner, loop.Kind == LoopKind.Vector ? loop.Axes[0].Axis : axis);
                break;
            case Reduction reduction:
                foreach (var inner in reduction.Body) Visit(inner, axis);
                foreach (var (result, _) in reduction.Accumulators)
                {
                    _isWide |= IsLong(result);
                    if (axis >= 0) _varying.Add(result);
                }
                break;
            case Load load:
                Set(load.Target, axis >= 0 && Varies(load.Source, axis));
                break;
            case LoadIndex index:
                Set(index.Target, index.Axis == axis);
                break;
            case Compute compute:
                Set(compute.Target, Varies(compute.Value));
                break;
            case Accumulate accumulate:
                Varies(accumulate.Value);
                break;
            case Store store:
                Varies(store.Value);
                _isWide |= axis >= 0 && IsLong(store.Value);
                break;
        }
    }

    void Set(Variable variable, bool varies)
    {
        if (!varies) return;
        _varying.Add(variable);
        _isWide |= IsLong(variable);
    }

    bool Varies(Access access, int axis) =>
        access.StrideOf(axis) != Size.Of(0) || access.Guards.Any(g => g.Terms.Any(t => t.Axis == axis)) || access.Dynamic.Any(d => _varying.Contains(d.Value));

    bool Varies(Expr value)
    {
        var varying = new HashSet<Expr>(_varying);
        var expanded = _expansion.Of(value);
        foreach (var node in Traversal.Topological([expanded]))
        {
            if (node.Inputs.Any(varying.Contains)) varying.Add(node);
            _isWide |= IsLong(node) && varying.Contains(node);
        }
        return varying.Contains(expanded);
    }

    static bool IsLong(Expr value) => value.DType.Size() == 8;
}
