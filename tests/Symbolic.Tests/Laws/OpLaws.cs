using System.Runtime.CompilerServices;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of every op, found by reflection: the compiled code gives what the interpreter gives, the shape is the one that was inferred, and
/// forward mode, reverse mode and differences agree.
/// </summary>
public sealed class OpLaws
{
    /// <summary>Ops that have no samples, and why.</summary>
    static readonly Dictionary<string, string> Elsewhere = new()
    {
        [nameof(Map)] = "its functions are checked one by one, see ScalarLaws",
        [nameof(StopGradient)] = "its derivative is zero by definition, not by differences",
        [nameof(Eig)] = "its values have no order that differences keep; see the tests of factorisations",
        [nameof(Scan)] = "see ScanLaws",
        [nameof(GradientClip)] = "its derivative is not that of its value, on purpose",
        [nameof(GradientScale)] = "its derivative is not that of its value, on purpose",
        [nameof(GradientOverride)] = "its derivative is what the user says",
        [nameof(PlainFunction)] = "its value and its derivative are the user's",
        [nameof(Printing)] = "it is there for its effect",
        [nameof(Branch)] = "what the compiler makes of IfElse",
        [nameof(Project)] = "a part of another op's result",
    };

    internal static IEnumerable<Type> OpTypes => typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract);

    public static TheoryData<string> Types => [.. OpTypes.Select(t => t.Name).Order()];

    [Theory, MemberData(nameof(Types))]
    public void An_op_keeps_the_laws(string name)
    {
        var type = OpTypes.Single(t => t.Name == name);
        var samples = Samples(type);
        Assert.SkipWhen(Elsewhere.ContainsKey(name), Elsewhere.GetValueOrDefault(name) ?? "");
        Assert.True(samples.Count > 0, $"{name} has no samples: override Op.Samples with small valid applications.");
        foreach (var sample in samples) Check(sample);
    }

    internal static List<Expr> Samples(Type type)
    {
        try
        {
            return [.. ((Op)RuntimeHelpers.GetUninitializedObject(type)).Samples];
        }
        catch (NullReferenceException)
        {
            return [];   // its samples depend on its parameters
        }
    }

    static void Check(Expr sample)
    {
        if (sample.Type.Parts.Count > 1) return;   // its parts are ops of their own
        var inputs = Traversal.Leaves([sample]).OfType<Variable>().Select((v, i) => (v, Value(v, i))).ToArray();
        var value = Numerically.Value(sample, inputs);
        Numerically.Close(value, Numerically.Compiled(sample, inputs), sample.DType == DType.Float32 ? 1e-4 : 1e-10);
        Assert.Equal(sample.Rank, value.Rank);
        for (var axis = 0; axis < sample.Rank; axis++)
            if (sample.Shape[axis].IsStatic) Assert.Equal(sample.Shape[axis].Constant, value.Shape[axis]);
        Assert.NotEmpty(sample.ToString());
        if (sample.DType == DType.Float64 && inputs.Length > 0) Numerically.CheckGradient(Numerically.Weighted(sample), twice: false, inputs);
    }

    // Distinct numbers away from each other, so that no maximum and no order changes within a difference.
    internal static Tensor Value(Variable variable, int seed)
    {
        var shape = variable.Shape.Select(d => (int)d.Constant).ToArray();
        var count = shape.Aggregate(1, (p, s) => p * s);
        var random = new Random(seed + 1);
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        var values = Tensor.From<double>([.. order.Select(k => variable.DType.IsFloating() ? (k - 0.43 * count) / count * 1.7 : k % 5)], shape);
        return values.To(variable.DType);
    }
}
