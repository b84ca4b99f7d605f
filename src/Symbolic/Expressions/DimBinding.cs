namespace DeepSym;

/// <summary>The values of the atoms of sizes during a call: found by matching the shapes of arguments with declared ones, or computed.</summary>
/// <param name="value">Computes a scalar expression that is a size.</param>
/// <param name="outer">For the body of a loop or branch: what is known around it.</param>
/// <param name="own">For a body: the values that are sizes inside of it only.</param>
sealed class DimBinding(Func<Expr, long> value, DimBinding? outer = null, IReadOnlySet<Expr>? own = null)
{
    readonly Dictionary<DimAtom, long> _values = [];

    /// <summary>
    /// Matches an argument with its leaf: atoms met for the first time get their size, others must agree. Throws a <see cref="ShapeException"/> with both sides named.
    /// </summary>
    public void Bind(Leaf leaf, ReadOnlySpan<int> shape)
    {
        if (shape.Length != leaf.Rank) throw new ShapeException(Mismatch(leaf, shape, $"it has {shape.Length} axes and needs {leaf.Rank}."));
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var dim = leaf.Shape[axis];
            var atom = dim.SingleAtom;
            if (atom is not null and not ValueDim && _values.TryAdd(atom, shape[axis])) continue;
            var expected = dim.Evaluate(Lookup);
            if (expected != shape[axis])
                throw new ShapeException(Mismatch(leaf, shape, $"axis {axis} is {shape[axis]} and must be {expected}{(dim.IsStatic ? "" : $" ({dim})")}."));
        }
    }

    /// <summary>The value of a size.</summary>
    public long Evaluate(Dim dim) => dim.IsStatic ? dim.Constant : dim.Evaluate(Lookup);

    /// <summary>The sizes of a shape; a negative one is an error.</summary>
    public int[] Evaluate(Shape shape)
    {
        var sizes = new int[shape.Rank];
        for (var i = 0; i < sizes.Length; i++)
        {
            var size = Evaluate(shape[i]);
            sizes[i] = size is >= 0 and <= int.MaxValue ? (int)size : throw new ShapeException($"The size {shape[i]} is {size}: sizes are from 0 to {int.MaxValue}.");
        }
        return sizes;
    }

    /// <summary>Checks the conditions; throws a <see cref="ShapeException"/> with the message of the first that fails and the sizes in force.</summary>
    public void Check(IEnumerable<Guard> guards)
    {
        foreach (var guard in guards)
        {
            var (left, right) = (Evaluate(guard.Left), Evaluate(guard.Right));
            if (guard.IsEquality ? left == right : left >= right) continue;
            var facts = new[] { (Dim: guard.Left, Value: left), (Dim: guard.Right, Value: right) }.Where(side => !side.Dim.IsStatic).Select(side => $"{side.Dim} is {side.Value}");
            throw new ShapeException($"{guard.Message} Here {string.Join(" and ", facts)}.");
        }
    }

    long Lookup(DimAtom atom)
    {
        if (_values.TryGetValue(atom, out var known)) return known;
        return atom switch
        {
            _ when outer is not null && !(atom is ValueDim(var inner) && own!.Contains(inner)) => outer.Lookup(atom),
            ValueDim(var expr) => _values[atom] = value(expr),
            AxisDim(SharedVariable shared, var axis) => _values[atom] = shared.Extents[axis],   // its size is used, its value is not
            _ => throw new CompileException($"The size '{atom}' is not known: it belongs to no input or shared variable of the function."),
        };
    }

    static string Mismatch(Leaf leaf, ReadOnlySpan<int> shape, string fact) =>
        $"{(leaf is SharedVariable ? "Shared variable" : "Input")} '{leaf.Name}' is {leaf.DType.Name()}[{string.Join(",", shape.ToArray())}]; it was declared {leaf.Type}: {fact}";
}
