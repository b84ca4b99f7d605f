using System.Collections.Immutable;
using DeepSym.Rewriting;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>What must hold of every equation: both sides are equal at random points, and the rule turns the left into the right.</summary>
public sealed class RuleLaws
{
    const int Points = 40;

    // Not so large or small that the left side of a stabilisation has lost its digits.
    static readonly double[] Special = [0, 1, -1, 2, 0.5, -0.5, 1e-3, -1e-3, 12, -12];

    public static TheoryData<string> Equations => [.. Tables.All.SelectMany(t => t.Rules).OfType<Equation>().Select(e => e.Name)];

    [Theory, MemberData(nameof(Equations))]
    public void The_sides_of_an_equation_are_equal(string name)
    {
        var equation = Tables.All.SelectMany(t => t.Rules).OfType<Equation>().Single(e => e.Name == name);
        var holes = Traversal.Leaves([equation.Left]).OfType<Variable>().Distinct().ToArray();
        var filled = Candidates(holes).First(candidate => equation.Where?.Invoke(candidate.ToImmutableDictionary()) != false);
        var left = Filled(equation.Left, filled);
        var right = equation.Apply(left) ?? throw new InvalidOperationException($"'{name}' does not apply to its own left side {left}.");

        var random = new Random(7);
        var inputs = Traversal.Leaves(filled.Values).OfType<Variable>().Select(v => (v, Draw(v.DType, random))).ToArray();
        var (l, r) = (Numerically.Value(left, inputs), Numerically.Value(right, inputs));
        Assert.Equal(left.DType, right.DType);
        for (var i = 0; i < l.Length; i++)
        {
            var (a, b) = (l.To(DType.Float64).AsSpan<double>()[i], r.To(DType.Float64).AsSpan<double>()[i]);
            if (a.Equals(b)) continue;
            // More accurate sides may be finite where the left is not.
            if (equation.Promise is Promise.MoreAccurate or Promise.AssumesFinite && !double.IsFinite(a)) continue;
            var tolerance = equation.Promise == Promise.Exact ? 0 : 1e-6;
            Assert.True(Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a)), $"'{name}': {left} is {a:R} and {right} is {b:R} at {string.Join(", ", inputs.Select(p => $"{p.Item1.Name} = {p.Item2.To(DType.Float64).AsSpan<double>()[i]:R}"))}");
        }
    }

    [Fact]
    public void Names_of_rules_are_unique()
    {
        var names = Tables.All.SelectMany(t => t.Rules).Select(r => r.Name).ToList();
        Assert.Equal(names.Distinct().Count(), names.Count);
    }

    // What the holes may stand for: float64, integers, or one of them a softmax.
    static IEnumerable<Dictionary<Variable, Expr>> Candidates(Variable[] holes)
    {
        yield return holes.ToDictionary(h => h, h => (Expr)T.Variable(h.Name!, h.DType, "n"));
        yield return holes.ToDictionary(h => h, h => (Expr)T.Variable(h.Name!, h.DType == DType.Bool ? DType.Bool : DType.Int64, "n"));
        foreach (var special in holes.Where(h => h.DType != DType.Bool))
            yield return holes.ToDictionary(h => h, h => h == special ? T.Softmax(T.Variable(h.Name!, h.DType, "n")) : (Expr)T.Variable(h.Name!, h.DType, "n"));
    }

    static Expr Filled(Expr pattern, Dictionary<Variable, Expr> holes)
    {
        var integers = holes.Values.Any(h => h.DType == DType.Int64);
        var filled = new Dictionary<Expr, Expr>();
        foreach (var part in Traversal.Topological([pattern]))
            filled[part] = part switch
            {
                Variable hole => holes[hole],
                Constant literal => Interner.Constant(integers && literal.Value.ToScalar<double>() % 1 == 0 ? literal.Value.To(DType.Int64) : literal.Value, isWeak: true),
                _ => ((Map)part.Op!).Function.Lift([.. part.Inputs.Select(input => filled[input])]),
            };
        return filled[pattern];
    }

    static Tensor Draw(DType dtype, Random random)
    {
        var values = Enumerable.Range(0, Points).Select(i => random.Next(3) == 0 ? Special[random.Next(Special.Length)] : Math.Round(random.NextDouble() * 8 - 4, 3)).ToArray();
        return dtype == DType.Bool ? Tensor.From<bool>([.. values.Select(v => v > 0)]) : Tensor.From<double>(values).To(dtype);
    }
}
