namespace DeepSym.Tests.Compilation;

/// <summary>Updates whose new values other parts of the function read.</summary>
public sealed class UpdateOrderTests
{
    [Fact]
    public void An_output_may_read_the_new_value_of_an_update()
    {
        var count = T.Shared(Tensor.Scalar(0L), "count");
        var next = count + 1;
        var rate = T.Shared(Tensor.Scalar(0.5), "rate");
        var scale = T.Cast(rate * T.Sqrt(1 - T.Exp(-0.1 * T.Cast(next, DType.Float64))), DType.Float32);
        var w = T.Shared(Tensor.From(new float[] { 1, 2, 3 }), "w");
        var f = Function.Compile([], [scale * w], [(w, w - scale * w), (count, next)], options: new CompileOptions { Check = true });
        double[] expected = [1, 2, 3];
        for (var call = 1; call <= 3; call++)
        {
            var factor = 0.5 * Math.Sqrt(1 - Math.Exp(-0.1 * call));
            var output = f.Invoke()[0].ToArray<float>();
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(factor * expected[i], output[i], 5);
                expected[i] -= factor * expected[i];
            }
        }
        Assert.Equal(3L, count.GetValue().ToScalar<long>());
    }
}
