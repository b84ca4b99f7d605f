using System.Collections.Immutable;

namespace DeepSym.Tests.Ops;

/// <summary>Ops of the user's: a C# function, and a record of his own.</summary>
public sealed class PlainFunctionTests
{
    static readonly Variable s_x = T.DVector("x");

    static Expr Fourth(Expr x) => T.FromFunction("fourth power", (inputs, output) =>
    {
        for (var i = 0; i < output.Length; i++) output.AsSpan<double>()[i] = Math.Pow(inputs[0].AsSpan<double>()[i], 4);
    }, DType.Float64, [.. x.Shape], x);

    [Fact]
    public void A_function_is_computed_inside_of_a_graph() =>
        Numerically.Close(Tensor.From([17.0 + 16, 82 + 36]), Numerically.Agreed(Fourth(s_x + 1) + 1 + 4 * T.Sqr(s_x + 1), (s_x, Tensor.From([1.0, 2]))));

    [Fact]
    public void Its_gradient_is_the_one_given()
    {
        var cost = T.Sum(T.WithGradient(Fourth(s_x), [s_x], ct => [ct * 4 * T.Pow(s_x, 3)]) * s_x);
        Numerically.CheckGradient(cost, twice: false, (s_x, Tensor.From([0.5, -1.5, 2])));
    }

    [Fact]
    public void Without_one_a_gradient_is_an_error() =>
        Assert.Equal("'fourth power' is a C# function, and nothing is known about its derivative. Give it one with T.WithGradient, or stop the gradient with T.StopGradient.",
            Assert.Throws<GradientException>(() => T.Grad(T.Sum(Fourth(s_x)), s_x)).Message);

    [Fact]
    public void A_stopped_gradient_asks_for_none()
    {
        var cost = T.Sum(T.StopGradient(Fourth(s_x)) * s_x);
        var at = Tensor.From([1.0, 2]);
        Numerically.Close(Tensor.From([1.0, 16]), Numerically.Agreed(T.Grad(cost, s_x), (s_x, at)));
        Numerically.Close(Tensor.Scalar(17.0), Numerically.Agreed(T.Jvp(cost, s_x, T.OnesLike(s_x)), (s_x, at)));
    }

    [Fact]
    public void An_error_in_it_ends_the_call_before_it_changes_anything()
    {
        var count = T.Shared(0L, "count");
        var failing = T.FromFunction("failing", (_, _) => throw new InvalidOperationException("no"), DType.Float64, []);
        using var f = Function.Compile([], failing, [(count, count + 1)]);
        Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => f.Invoke()).Message);
        Assert.Equal(0L, count.GetValue().ToScalar<long>());
    }

    [Fact]
    public void It_cannot_be_saved()
    {
        using var folder = new TemporaryFolder();
        using var f = Function.Compile([s_x], Fourth(s_x));
        Assert.Throws<CompileException>(() => f.Save(Path.Combine(folder.Path, "f.json")));
    }

    [Fact]
    public void A_record_of_another_assembly_is_an_op()
    {
        var y = new Halved().On(s_x);
        Numerically.Close(Tensor.From([1.5, 2.5]), Numerically.Agreed(y + 1, (s_x, Tensor.From([1.0, 3]))));
        Numerically.CheckGradient(T.Sum(T.Sqr(y)), twice: true, (s_x, Tensor.From([1.0, 3])));
    }

    sealed record Halved : LibraryOp
    {
        public override string Name => "halved";

        public override Linearity Linearity => Linearity.Joint;

        public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type;

        public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => [On(cotangent)];

        public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            for (var i = 0; i < output.Length; i++) output.AsSpan<double>()[i] = inputs[0].AsSpan<double>()[i] / 2;
        }
    }
}
