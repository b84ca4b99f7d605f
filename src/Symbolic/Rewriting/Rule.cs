using System.Collections.Immutable;

namespace DeepSym.Rewriting;

/// <summary>A named rewrite of one node. The name says what it does; it is unique among all tables.</summary>
abstract record Rule(string Name, Promise Promise)
{
    /// <summary>The keys of the nodes it can apply to: see <see cref="KeyOf(Op)"/>.</summary>
    public abstract IEnumerable<object> Heads { get; }

    /// <summary>What stands in the place of the node, of its dtype and, once repeated, of its shape; null where the rule does not apply.</summary>
    public abstract Expr? Apply(Expr node);

    /// <summary>Left → right, as the printed tables show it.</summary>
    public abstract string Text { get; }

    /// <summary>Expressions of the dtype, over variables of known sizes, that the rule changes: the laws compare both sides at random points.</summary>
    public abstract IEnumerable<Expr> Samples(DType dtype);

    /// <summary>Where the laws draw the values of variables.</summary>
    public (double Low, double High) Domain { get; init; } = (-4, 4);

    /// <summary>Rules are looked up by the scalar function of a map, and by the class of any other op; the class <see cref="Map"/> stands for every function.</summary>
    public static object KeyOf(Op op) => op is Map map ? map.Function : op.GetType();

    /// <summary>The key of an expression.</summary>
    public static object KeyOf(Expr expr) => KeyOf(expr.Op!);
}

/// <summary>Two sides that are equal, written as expressions with holes (see <see cref="Hole"/>); the left is replaced by the right.</summary>
sealed record Equation(string Name, Expr Left, Expr Right, Promise Promise, Func<Holes, bool>? Where = null) : Rule(Name, Promise)
{
    /// <summary>The condition in words.</summary>
    public string? Condition { get; init; }

    /// <summary>An expression that meets the condition, for a dtype; null where the left side over variables does.</summary>
    public Func<DType, Expr>? Sample { get; init; }

    public override IEnumerable<object> Heads => [KeyOf(Left)];

    public override Expr? Apply(Expr node) => Pattern.Match(Left, node) is { } holes && (Where is null || Where(holes)) ? Pattern.Fill(Right, holes) : null;

    public override string Text => $"{Formula.Of(Left)} → {Formula.Of(Right)}";

    // The left side over vectors, and with broadcasting: one variable is a matrix and the others are vectors, or the other way round.
    public override IEnumerable<Expr> Samples(DType dtype)
    {
        if (Sample is not null) return [Sample(dtype)];
        var holes = Traversal.Leaves([Left]).OfType<Variable>().Distinct().ToArray();
        var shapes = new (Dim?[] First, Dim?[] Others)[] { ([24], [24]), ([2, 12], [12]), ([12], [2, 12]), ([2, 1], [2, 12]) };
        return shapes.Take(holes.Length > 1 ? 4 : 1).Select(shape => Pattern.Fill(Left, holes.Select((hole, i) => (hole, i)).Aggregate(Holes.None, (found, next) =>
            found.With(next.hole, Standing(next.hole, dtype, next.i == 0 ? shape.First : shape.Others)))));
    }

    static Expr Standing(Variable hole, DType dtype, Dim?[] dims) =>
        hole == Hole.C ? T.Cast(4, dtype) : hole == Hole.D ? T.Cast(8, dtype) : new Variable(hole.Name!, hole.DType == DType.Bool ? DType.Bool : dtype, dims);
}

/// <summary>A rewrite that no pattern can say, because it concerns axes, sizes or any number of terms.</summary>
sealed record FunctionRule(string Name, string Says, Promise Promise, ImmutableArray<object> Keys, Func<Expr, Expr?> Rewrite, Func<DType, IEnumerable<Expr>> Examples) : Rule(Name, Promise)
{
    public override IEnumerable<object> Heads => Keys;

    public override Expr? Apply(Expr node) => Rewrite(node);

    public override string Text => Says;

    public override IEnumerable<Expr> Samples(DType dtype) => Examples(dtype);
}
