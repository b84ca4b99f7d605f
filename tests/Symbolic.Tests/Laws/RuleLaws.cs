using DeepSym.Rewriting;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of every rule of every table, found by reflection: it changes its own samples, and the interpreter gives for both sides what the promise
/// says, at random points in every dtype, with broadcasting; exact rules also at zeros of both signs, infinities, NaN and the ends of the range.
/// </summary>
public sealed class RuleLaws
{
    static readonly DType[] DTypes = [DType.Float64, DType.Float32, DType.Int64, DType.Int32];

    static readonly double[] Special = [0, -0.0, 1, -1, 0.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e300, -1e300, 3e38, 1e-40, 5e-324, 709, -745];

    static IEnumerable<Rule> All => Tables.All.SelectMany(table => table.Rules);

    public static TheoryData<string> Rules => [.. All.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Rules))]
    public void The_sides_of_a_rule_are_equal(string name)
    {
        var rule = All.Single(r => r.Name == name);
        var fired = 0;
        foreach (var dtype in DTypes)
            foreach (var (left, reference) in Samples(rule, dtype).Zip(Samples(rule, DType.Float64)))
            {
                var trace = new RewriteTrace();
                var right = Rewriter.Apply([left], [rule], Numerics.Fast, trace)[0];
                if (!trace.Counts.Any())
                {
                    Assert.True(rule is Equation { Where: not null } || !dtype.IsFloating(), $"'{name}' does not change its own sample {left}.");
                    continue;
                }
                fired++;
                Check(rule, left, right, reference);
            }
        Assert.True(fired > 0, $"'{name}' changes none of its samples.");
    }

    [Fact]
    public void Names_of_rules_are_unique() => Assert.Empty(All.GroupBy(rule => rule.Name).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Every_rule_is_in_a_table_that_compilation_uses() => Assert.Empty(All.Except(Tables.Stabilize).Except(Tables.Simplify));

    [Fact]
    public void Every_table_is_listed()
    {
        var tables = typeof(Tables).Assembly.GetTypes().Where(type => type.Namespace == typeof(Tables).Namespace)
            .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public)).Where(field => field.FieldType == typeof(RuleSet)).Select(field => field.GetValue(null));
        Assert.Empty(tables.Except(Tables.All.Select(table => table.Rules)));
    }

    // Not every function has every dtype.
    static List<Expr> Samples(Rule rule, DType dtype)
    {
        try { return [.. rule.Samples(dtype)]; }
        catch (DTypeException) { return []; }
    }

    static void Check(Rule rule, Expr left, Expr right, Expr reference)
    {
        var random = new Random(7);
        var variables = Traversal.Leaves([left]).OfType<Variable>().ToArray();
        var others = Traversal.Leaves([reference]).OfType<Variable>().ToDictionary(v => v.Name);
        Assert.Equal(left.DType, right.DType);
        Assert.Equal(left.Shape, right.Shape);
        for (var round = 0; round < (rule.Promise == Promise.Exact ? 3 : 2); round++)
        {
            var inputs = variables.Select(v => (v, Draw(rule, v, random, isSpecial: round == 2))).ToArray();
            var (l, r) = (Numerically.Value(left, inputs), Numerically.Value(right, inputs));
            Assert.Equal(l.Shape.ToArray(), r.Shape.ToArray());
            var exact = rule.Promise == Promise.Exact ? l : Numerically.Value(reference, [.. inputs.Select(i => (others[i.v.Name], i.Item2.To(others[i.v.Name].DType)))]);
            for (var i = 0; i < l.Length; i++)
            {
                var (a, b, e) = (At(l, i), At(r, i), At(exact, i));
                if (rule.Promise == Promise.Exact ? AreSameBits(a, b) : AreClose(rule.Promise, a, b, e, left.DType)) continue;
                Assert.Fail($"'{rule.Name}', element {i}: {left} is {a:R} ({e:R} in float64), and {right} is {b:R}, where {string.Join(", ", inputs.Select(p => $"{p.v.Name} = {p.Item2}"))}");
            }
        }
    }

    static double At(Tensor tensor, int i) => tensor.To(DType.Float64).AsSpan<double>()[i];

    static bool AreSameBits(double a, double b) => double.IsNaN(a) ? double.IsNaN(b) : BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    // Where the left side is not finite, a more accurate one may be.
    static bool AreClose(Promise promise, double left, double right, double reference, DType dtype)
    {
        if (!double.IsFinite(left) || !double.IsFinite(reference)) return promise != Promise.Reassociates || left.Equals(right);
        if (!dtype.IsFloating()) return left == right;
        var tolerance = Tolerances.Rule(dtype);
        return Math.Abs(right - reference) <= tolerance * Math.Max(1, Math.Abs(reference));
    }

    static Tensor Draw(Rule rule, Variable variable, Random random, bool isSpecial)
    {
        var shape = variable.Shape.Select(dim => dim.IsStatic ? (int)dim.Constant : 3).ToArray();
        var (low, high) = rule.Domain;
        var values = Enumerable.Range(0, shape.Aggregate(1, (p, s) => p * s)).Select(_ => (double)(float)(low + random.NextDouble() * (high - low))).ToArray();
        if (variable.DType == DType.Bool) return Tensor.From<bool>([.. values.Select(v => v > (low + high) / 2)], shape);
        if (variable.DType.IsInteger()) return Tensor.From<double>([.. values.Select(v => Math.Round(v))], shape).To(variable.DType);
        if (isSpecial) values = [.. values.Select(v => random.Next(3) > 0 ? Special[random.Next(Special.Length)] : v)];
        return Tensor.From(values, shape).To(variable.DType);
    }
}
