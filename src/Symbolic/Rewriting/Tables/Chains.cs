using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>
/// Long sums and long products with quotients, whatever the order and the brackets: their literals come together, and what is there with both signs, or
/// above and below, is gone.
/// </summary>
static class Chains
{
    const int MostLinks = 32;

    static readonly object Addition = Rule.KeyOf(X + Y), Subtraction = Rule.KeyOf(X - Y), Multiplication = Rule.KeyOf(X * Y), Division = Rule.KeyOf(X / Y);

    /// <summary>One of the two kinds of chain: its ops, and how two links join.</summary>
    sealed record Kind(object Direct, object Inverse, double Neutral, Func<Expr, Expr, Expr> Join, Func<Expr, Expr, Expr> JoinInverse, Func<double, double, double> Count, Func<double, double, double> CountInverse);

    static readonly Kind Sums = new(Addition, Subtraction, 0, (x, y) => x + y, (x, y) => x - y, (x, y) => x + y, (x, y) => x - y);
    static readonly Kind Products = new(Multiplication, Division, 1, (x, y) => x * y, (x, y) => x / y, (x, y) => x * y, (x, y) => x / y);

    public static readonly RuleSet Rules =
    [
        new FunctionRule("literals of a sum", "1 + x - y + 2 → 3 + x - y", Reassociates, [Addition, Subtraction], expr => Gathered(expr, Sums), dtype =>
            [1 + Vector("x", dtype) - T.Matrix("y", 2, 3, dtype) + 2 + Vector("z", dtype)]),
        new FunctionRule("literals of a product", "2 * x / y * 3 → 6 * x / y", Reassociates, [Multiplication, Division], expr => Gathered(expr, Products), dtype =>
            [2 * Vector("x", dtype) / T.Matrix("y", 2, 3, dtype) * 3 * Vector("z", dtype)]) { Domain = (0.5, 3) },
        new FunctionRule("equal terms of both signs", "x + y - z - x → y - z", AssumesFinite, [Addition, Subtraction], expr => Cancelled(expr, Sums), dtype =>
            [Of(Vector("x", dtype), x => x + Vector("y", dtype) - Vector("z", dtype) - x)]) { Domain = (1, 2) },
        new FunctionRule("equal factors above and below", "x / y * (y / z) → x / z", AssumesFinite, [Multiplication, Division], expr => Cancelled(expr, Products), dtype =>
            [Of(Vector("y", dtype), y => Vector("x", dtype) / y * (y / Vector("z", dtype)))]) { Domain = (0.5, 3) },
    ];

    static Variable Vector(string name, DType dtype) => T.Vector(name, 3, dtype);

    static Expr Of(Expr x, Func<Expr, Expr> f) => f(x);

    sealed record ChainLink(Expr Link, bool IsInverse);

    // The links in order, without broadcasts that joining makes again; an inverse one is subtracted, or divided by. Null for chains that are too long, of
    // integers, which wrap around and are not divided exactly, and of narrow floats, which are rounded after every step.
    static List<ChainLink>? LinksOf(Expr chain, Kind kind)
    {
        if (chain.DType is not (DType.Float32 or DType.Float64)) return null;
        var links = new List<ChainLink>();
        var pending = new Stack<ChainLink>([new ChainLink(chain, IsInverse: false)]);
        while (pending.TryPop(out var next))
        {
            var (link, isInverse) = (Pattern.Unrepeated(next.Link), next.IsInverse);
            var key = link.Op is null ? null : Rule.KeyOf(link.Op);
            if (key == kind.Direct || key == kind.Inverse)
            {
                pending.Push(new ChainLink(link.Inputs[1], isInverse ^ key == kind.Inverse));
                pending.Push(new ChainLink(link.Inputs[0], isInverse));
            }
            else links.Add(new ChainLink(link, isInverse));
            if (links.Count + pending.Count > MostLinks) return null;
        }
        return links;
    }

    // Two literals or more become one, beside the link that repeats it least.
    static Expr? Gathered(Expr chain, Kind kind)
    {
        if (LinksOf(chain, kind) is not { } links || links.Count(l => Literals.Of(l.Link) is not null) < 2 || kind == Products && links.Any(l => Literals.Are(l.Link, 0))) return null;
        var rest = links.Where(l => Literals.Of(l.Link) is null).ToList();
        if (rest.Count == 0) return null;
        var number = kind.Neutral;
        foreach (var (link, isInverse) in links)
            if (Literals.Of(link) is { } literal) number = (isInverse ? kind.CountInverse : kind.Count)(number, Literals.Number(literal));
        if (!IsNormal(number, chain.DType)) return null;
        var at = rest.FindIndex(l => l.Link.Rank == rest.Min(other => other.Link.Rank) && !l.IsInverse);
        var own = Literals.Weak(T.Constant(Tensor.Scalar(number)));
        if (at < 0) return Joined(rest, kind, own);
        rest[at] = new ChainLink(kind.Join(own, rest[at].Link), IsInverse: false);
        return Joined(rest, kind, null);
    }

    // Neither too large nor too small for the dtype, where the literals one by one were not.
    static bool IsNormal(double number, DType dtype) => number == 0 || Math.Abs(number) is var size && (dtype == DType.Float64 ? double.IsNormal(size) : size is >= 1.2e-38 and <= 3.4e38);

    // What is there both ways goes, pair by pair.
    static Expr? Cancelled(Expr chain, Kind kind)
    {
        if (LinksOf(chain, kind) is not { } links) return null;
        var kept = new List<ChainLink>();
        foreach (var (link, isInverse) in links)
        {
            var pair = kept.FindIndex(l => l.Link == link && l.IsInverse != isInverse);
            if (pair >= 0) kept.RemoveAt(pair);
            else kept.Add(new ChainLink(link, isInverse));
        }
        return kept.Count == links.Count ? null : Joined(kept, kind, null) ?? Literals.Weak(T.Constant(Tensor.Scalar(kind.Neutral)));
    }

    // Direct links first, so that nothing is subtracted from a neutral element.
    static Expr? Joined(IEnumerable<ChainLink> links, Kind kind, Expr? first)
    {
        var all = links.ToList();
        var direct = all.Where(l => !l.IsInverse).Aggregate(first, (chain, l) => chain is null ? l.Link : kind.Join(chain, l.Link));
        var inverse = all.Where(l => l.IsInverse).Aggregate((Expr?)null, (chain, l) => chain is null ? l.Link : kind.Join(chain, l.Link));
        if (inverse is null) return direct;
        return kind.JoinInverse(direct ?? Literals.Weak(T.Constant(Tensor.Scalar(kind.Neutral))), inverse);
    }
}
