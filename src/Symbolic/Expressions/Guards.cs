namespace DeepSym;

/// <summary>A condition on sizes that only a call can check, and the message of the error when it fails.</summary>
/// <param name="Left">One side.</param>
/// <param name="Right">The other side.</param>
/// <param name="IsEquality">Whether the sides must be equal; otherwise the left must be at least the right.</param>
/// <param name="Message">Says what, where and the cure.</param>
public sealed record Guard(Dim Left, Dim Right, bool IsEquality, string Message);

/// <summary>Collects the conditions on sizes that can only be checked when a function is called.</summary>
public sealed class Guards
{
    readonly Dictionary<Condition, Guard>? _found;

    sealed record Condition(Dim Left, Dim Right, bool IsEquality);

    Expr? _node;

    Guards(Dictionary<Condition, Guard>? found) => _found = found;

    /// <summary>Keeps nothing: for building expressions, where only what can never hold is an error.</summary>
    public static Guards None { get; } = new(null);

    /// <summary>A collector.</summary>
    public static Guards Collect() => new([]);

    /// <summary>The same collector, about to collect the conditions of <paramref name="node"/>: messages say where that was built.</summary>
    internal Guards For(Expr node)
    {
        _node = node;
        return this;
    }

    /// <summary>What was collected.</summary>
    public IEnumerable<Guard> Found => _found?.Values ?? Enumerable.Empty<Guard>();

    /// <summary>
    /// Demands that two sizes agree and returns the better known of them. Sizes that can never agree throw with <paramref name="message"/>.
    /// </summary>
    public Dim Equal(Dim left, Dim right, Func<string> message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (left == right) return left;
        if ((left - right).IsStatic) throw new ShapeException(message());
        if (_found is not null) _found.TryAdd(new Condition(left, right, IsEquality: true), new Guard(left, right, IsEquality: true, Placed(message())));
        return left.IsStatic || !right.IsStatic && left.Atoms.All(a => a is NamedDim) ? left : right;
    }

    /// <summary>Demands that <paramref name="left"/> is at least <paramref name="right"/>.</summary>
    public void AtLeast(Dim left, Dim right, Func<string> message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var difference = left - right;
        if (difference.IsStatic ? difference.Constant >= 0 : difference.IsNonNegative) return;
        if (difference.IsStatic) throw new ShapeException(message());
        if (_found is not null) _found.TryAdd(new Condition(left, right, IsEquality: false), new Guard(left, right, IsEquality: false, Placed(message())));
    }

    string Placed(string message) => _node is not null && Origins.Of(_node) is { } origin ? $"{message} (Built at {origin}.)" : message;
}
