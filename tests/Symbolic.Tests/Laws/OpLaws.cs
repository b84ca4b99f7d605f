using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of every op, found by reflection, in float32 and float64: the compiled code gives what the interpreter gives, from memory that lies side
/// by side, transposed or apart; the shape is the one that was inferred; forward mode, reverse mode and differences agree.
/// </summary>
public sealed class OpLaws
{
    /// <summary>Ops whose derivative is not that of their value, on purpose: what it is, along a tangent and from a cotangent.</summary>
    static readonly Dictionary<Type, (Func<Op, Expr, Expr> Forward, Func<Op, Expr, Expr> Reverse)> Stated = new()
    {
        [typeof(StopGradient)] = ((_, tangent) => T.ZerosLike(tangent), (_, cotangent) => T.ZerosLike(cotangent)),
        [typeof(GradientScale)] = ((op, tangent) => tangent * ((GradientScale)op).Factor, (op, cotangent) => cotangent * ((GradientScale)op).Factor),
        [typeof(GradientClip)] = ((_, tangent) => tangent, (op, cotangent) => T.Clip(cotangent, ((GradientClip)op).Low, ((GradientClip)op).High)),
    };

    public static TheoryData<string> Types => [.. OpSamples.Types.Select(type => type.Name).Order()];

    [Theory, MemberData(nameof(Types))]
    public void An_op_keeps_the_laws(string name)
    {
        var type = OpSamples.Types.Single(t => t.Name == name);
        var samples = OpSamples.Of(type);
        Assert.True(samples.Count > 0, $"{name} has no samples: override Op.Samples with small valid applications.");
        foreach (var sample in samples)
            try { Check(type, sample); }
            catch (Exception exception) { throw new InvalidOperationException($"{sample}: {exception.Message}", exception); }
    }

    [Fact]
    public void A_branch_has_no_derivative_because_those_of_a_choice_are_taken_before() =>
        Assert.All(OpSamples.Of(typeof(Branch)), sample => Assert.Throws<GradientException>(() => T.Grad(T.Sum(new Project(0).On(sample)), Traversal.Leaves([sample]).OfType<Variable>().Single())));

    static void Check(Type type, Expr sample)
    {
        Assert.NotEmpty(sample.ToString());
        Expr[] parts = sample.Type.Parts.Count > 1 ? TupleOp.Parts(sample) : [sample];
        var inputs = Traversal.Leaves(parts).OfType<Variable>().Select((v, i) => new Places(v, Draw(v, i))).ToArray();
        var places = inputs.Length == 0 ? [Place.Together] : Places.All;
        foreach (var (part, value) in parts.Zip(Run(Backend.Interpreter, parts, inputs, Place.Together))) CheckShape(part.Type, value);
        if (type == typeof(Branch) || !parts.Any(part => part.DType.IsFloating())) Agree(parts, inputs, places, [], []);
        else if (Stated.TryGetValue(type, out var stated)) CheckStated(sample, inputs.Single(), stated.Forward, stated.Reverse);
        else CheckDerivatives(parts, inputs, places);
    }

    static void CheckShape(TensorType type, Tensor value)
    {
        Assert.Equal(type.DType, value.DType);
        Assert.Equal(type.Rank, value.Rank);
        for (var axis = 0; axis < type.Rank; axis++)
            if (type.Shape[axis].IsStatic) Assert.Equal(type.Shape[axis].Constant, value.Shape[axis]);
    }

    static void CheckDerivatives(Expr[] parts, Places[] inputs, Place[] places)
    {
        var cost = parts.Where(part => part.DType.IsFloating()).Select(part => Numerically.Weighted(part)).Aggregate((a, b) => a + b);
        if (cost.DType == DType.Float64) Numerically.CheckGradient(cost, twice: false, [.. inputs.Select(p => (p.Variable, p.Value))]);
        var wrt = inputs.Where(p => p.Variable.DType.IsFloating()).ToArray();
        Agree(parts, inputs, places, [.. wrt.Select(own => (own, T.Grad(cost, own.Variable, Disconnected.Zero)))],
            [.. wrt.Select(own => T.Jvp(cost, own.Variable, T.Cast(T.Constant(Numerically.Draw(77, own.Value.Shape.ToArray())), own.Variable.DType)))]);
    }

    // Values, gradients and derivatives along a tangent, by the interpreter and from compiled code, wherever the inputs lie.
    static void Agree(Expr[] parts, Places[] inputs, Place[] places, (Places Input, Expr Gradient)[] gradients, Expr[] tangents)
    {
        Expr[] wanted = [.. parts, .. gradients.Select(g => g.Gradient), .. tangents];
        var dtypes = wanted.Concat(inputs.Select(p => p.Variable)).Select(e => e.DType).Where(d => d.IsFloating());
        var tolerance = dtypes.Select(Tolerances.Sample).Append(0).Max();
        var expected = Run(Backend.Interpreter, wanted, inputs, Place.Together);
        foreach (var place in places)
            foreach (var (e, got) in expected.Zip(Run(Backend.Cpu, wanted, inputs, place))) Numerically.Close(e, got, tolerance);
    }

    static Tensor[] Run(Backend backend, Expr[] wanted, Places[] inputs, Place place)
    {
        var moved = T.Substitute(wanted, [.. inputs.Select(p => ((Expr)p.Variable, p.View(place, p.At(place))))]);
        using var function = Function.Compile([.. inputs.Select(p => (In)p.At(place))], moved, options: new CompileOptions { Backend = backend, AllowUnusedInputs = true });
        return function.Invoke([.. inputs.Select(p => p.ValueAt(place))]);
    }

    static void CheckStated(Expr sample, Places place, Func<Op, Expr, Expr> forward, Func<Op, Expr, Expr> reverse)
    {
        var (x, inputs) = (place.Variable, (place.Variable, place.Value));
        Expr direction = T.Cast(T.Constant(Numerically.Draw(77, place.Value.Shape.ToArray())), x.DType), cotangent = direction * 5;
        Numerically.Close(Numerically.Value(forward(sample.Op!, direction), inputs), Numerically.Compiled(T.Jvp(sample, x, direction), inputs));
        Numerically.Close(Numerically.Value(reverse(sample.Op!, cotangent), inputs), Numerically.Compiled(T.Grad(T.Sum(sample * cotangent), x, Disconnected.Zero), inputs));
    }

    // Distinct numbers away from each other, also from those of other inputs, so that no maximum and no order changes within a difference.
    internal static Tensor Draw(Variable variable, int seed)
    {
        var shape = variable.Shape.Select(d => (int)d.Constant).ToArray();
        var count = shape.Aggregate(1, (p, s) => p * s);
        var random = new Random(seed + 1);
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        var values = Tensor.From<double>([.. order.Select(k => variable.DType.IsFloating() ? (k - 0.43 * count + 0.17 * seed) / count * 1.7 : k % 5)], shape);
        return values.To(variable.DType);
    }
}
