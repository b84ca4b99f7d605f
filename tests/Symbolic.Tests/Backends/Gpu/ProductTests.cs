using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Contractions and convolutions on devices. Operands are small integers, so that every order of additions gives the same: results are compared exactly.</summary>
public sealed class ProductTests
{
    static readonly (int Rows, int Terms, int Columns)[] Sizes = [(1, 1, 1), (16, 8, 16), (17, 9, 15), (33, 7, 5), (5, 0, 3), (0, 4, 3), (3, 40, 50), (2, 700, 3)];

    public static TheoryData<string> Convolutions => [.. Geometries.Keys];

    static readonly Dictionary<string, ConvolutionGeometry> Geometries = new()
    {
        ["along a line"] = new(Padding.Of(1), [1], [1], 1, false),
        ["without padding"] = new(Padding.Valid, [1, 1], [1, 1], 1, false),
        ["padded on one side"] = new(Padding.Of((2, 0), (0, 1)), [1, 1], [1, 1], 1, false),
        ["strided and dilated"] = new(Padding.Of(1), [2, 3], [2, 1], 1, false),
        ["flipped"] = new(Padding.Of(1), [2, 1], [1, 2], 1, true),
        ["in groups"] = new(Padding.Half, [1, 2], [1, 1], 2, false),
        ["of volumes"] = new(Padding.Of((1, 0), (0, 1), (1, 1)), [2, 1, 1], [1, 1, 2], 1, true),
    };

    [Fact]
    public void Products_of_all_sizes_are_exact()
    {
        var (x, y) = (T.FMatrix("x", "n", "k"), T.FMatrix("y", "k", "m"));
        foreach (var transposed in new[] { false, true })
        {
            var product = transposed ? T.Dot(y.Transpose(), x.Transpose()) : T.Dot(x, y);
            AgreeOn([x, y], product, Sizes.Select(s => new[] { Integers(1, s.Rows, s.Terms), Integers(2, s.Terms, s.Columns) }));
        }
    }

    [Fact]
    public void Products_of_doubles_and_integers_are_exact()
    {
        foreach (var dtype in new[] { DType.Float64, DType.Int64, DType.Int32 })
        {
            var (x, y) = (T.Variable("x", dtype, "n", "k"), T.Variable("y", dtype, "k", "m"));
            AgreeOn([x, y], T.Dot(x, y), Sizes.Skip(2).Take(2).Select(s => new[] { Integers(1, s.Rows, s.Terms).To(dtype), Integers(2, s.Terms, s.Columns).To(dtype) }));
        }
    }

    [Fact]
    public void Batches_of_products_have_epilogues()
    {
        var (x, y, b) = (T.Variable("x", DType.Float32, "b", "n", "k"), T.Variable("y", DType.Float32, "b", "k", "m"), T.FVector("bias", "m"));
        Tensor[][] arguments = [[Integers(1, 3, 18, 9), Integers(2, 3, 9, 17), Integers(3, 17)], [Integers(1, 2, 3, 600), Integers(2, 2, 600, 4), Integers(3, 4)]];
        AgreeOn([x, y, b], T.Relu(T.MatMul(x, y) + b), arguments);
        var product = T.MatMul(x, y);
        AgreeOn([x, y, b], T.Concatenate([product, T.Maximum(product, b) * product], 0), arguments);   // which others read as well
        AgreeOn([x, y], T.MatMul(x.Transpose(0, 2, 1), y.Transpose(0, 2, 1)), [[Integers(1, 3, 18, 9), Integers(2, 3, 9, 18)]]);
    }

    [Fact]
    public void Long_sums_are_cut_into_parts_and_always_give_the_same()
    {
        var (x, y) = (T.FMatrix("x", "n", "k"), T.FMatrix("y", "k", "m"));
        var function = Function.Compile([x, y], T.Tanh(T.Dot(x, y) * 0.1), options: new CompileOptions { Backend = Backend.Simulated });
        var (a, b) = (Numerically.Draw(1, 5, 1999).To(DType.Float32), Numerically.Draw(2, 1999, 6).To(DType.Float32));
        var first = function.Invoke(a, b)[0];
        Numerically.Close(Function.Compile([x, y], T.Tanh(T.Dot(x, y) * 0.1)).Invoke(a, b)[0], first, Tolerances.Sample(DType.Float32));
        Assert.Equal(first.ToArray<float>(), function.Invoke(a, b)[0].ToArray<float>());
    }

    [Theory, MemberData(nameof(Convolutions))]
    public void A_convolution_and_its_gradients_are_exact(string name)
    {
        var geometry = Geometries[name];
        int[] image = geometry.Rank == 3 ? [5, 4, 4] : [.. new[] { 7, 5 }[..geometry.Rank]], filter = [.. new[] { 3, 2, 2 }[..geometry.Rank]];
        var x = T.Variable("x", DType.Float32, ["n", 4, .. image.Select(size => (Dim)size)]);
        var w = T.Variable("w", DType.Float32, ["f", 4 / geometry.Groups, .. filter.Select(size => (Dim)size)]);
        var y = new Convolution(ConvolutionMode.Forward, geometry, []).On(x, w);
        var (weights, images) = (Integers(1, [6, 4 / geometry.Groups, .. filter]), Integers(2, [3, 4, .. image]));
        var ct = T.Constant(Integers(3, Function.Compile([x, w], y).Invoke(images, weights)[0].Shape.ToArray()));
        AgreeOn([x, w], y, [[images, weights]]);
        AgreeOn([x, w], T.Grad(T.Sum(y * ct), x), [[images, weights]]);
        AgreeOn([x, w], T.Grad(T.Sum(y * ct), w), [[images, weights]]);
    }

    static Tensor Integers(int seed, params int[] shape) => Numerically.Run(T.RoundEven(T.Constant(Numerically.Draw(seed, shape)) * 3), CompileOptions.Default, []).To(DType.Float32);

    static void AgreeOn(Variable[] inputs, Expr value, IEnumerable<Tensor[]> arguments)
    {
        In[] declared = [.. inputs.Select(input => (In)input)];
        var options = new CompileOptions { AllowUnusedInputs = true };   // gradients look at the shape alone of what they are for
        var here = Function.Compile(declared, value, options: options);
        Function[] there = [.. TestDevices.All.Select(device => Function.Compile(declared, value, options: options with { Backend = device }))];
        foreach (var values in arguments)
        {
            var expected = here.Invoke(values)[0];
            foreach (var function in there) Numerically.Close(expected, function.Invoke(values)[0], 0);
        }
    }
}
