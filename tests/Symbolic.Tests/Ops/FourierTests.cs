using System.Numerics;

namespace DeepSym.Tests.Ops;

/// <summary>Transforms of Fourier against their definition, and back; any length, several axes, derivatives.</summary>
public sealed class FourierTests
{
    private static readonly Variable s_x = T.DMatrix("x");

    [Theory]
    [InlineData(1), InlineData(2), InlineData(5), InlineData(8), InlineData(12), InlineData(97)]
    public void A_transform_is_the_sum_of_its_definition_at_any_length(int n)
    {
        var x = Numerically.Draw(n, 3, n, 2);
        var expected = Tensor.Zeros<double>(3, n, 2);
        for (var row = 0; row < 3; row++)
            for (var k = 0; k < n; k++)
            {
                var sum = Complex.Zero;
                for (var j = 0; j < n; j++) sum += new Complex(x.Get<double>(row, j, 0), x.Get<double>(row, j, 1)) * Complex.FromPolarCoordinates(1, -2 * Math.PI * (j * k % n) / n);
                expected.Set(sum.Real, row, k, 0);
                expected.Set(sum.Imaginary, row, k, 1);
            }
        Numerically.Close(expected, Numerically.Agreed(T.Fft.Forward(x)), Tolerances.Fourier);
        Numerically.Close(x, Numerically.Agreed(T.Fft.Inverse(T.Fft.Forward(x))), Tolerances.Fourier);
        var real = T.Constant(x)[T.Ellipsis, 0];
        Numerically.Close(Numerically.Value(T.Fft.Forward(T.Stack([real, T.ZerosLike(real)], -1))[0.., 0..(n / 2 + 1)]), Numerically.Agreed(T.Fft.Rfft(real)), Tolerances.Fourier);
        if (n > 1) Numerically.Close(Numerically.Value(real), Numerically.Agreed(T.Fft.Irfft(T.Fft.Rfft(real), isOdd: n % 2 == 1)), Tolerances.Fourier);
    }

    [Theory]
    [InlineData(FftNorm.Backward), InlineData(FftNorm.Orthonormal)]
    public void Inverses_undo_transforms_over_several_axes(FftNorm norm)
    {
        var x = T.Constant(Numerically.Draw(1, 2, 3, 4, 6));
        Numerically.Close(Numerically.Value(x), Numerically.Agreed(T.Fft.Irfft(T.Fft.Rfft(x, 3, norm), 3, norm)), Tolerances.Fourier);
        Numerically.Close(Numerically.Value(x * 24), Numerically.Agreed(T.Fft.Irfft(T.Fft.Rfft(x, 2, FftNorm.None), 2, FftNorm.None)), Tolerances.Fourier);
    }

    [Fact]
    public void An_orthonormal_transform_keeps_lengths()
    {
        var x = T.Constant(Numerically.Draw(2, 4, 9, 2).To(DType.Float32));
        Numerically.Close(Numerically.Value(T.Sum(T.Sqr(x))), Numerically.Agreed(T.Sum(T.Sqr(T.Fft.Forward(x, 2, FftNorm.Orthonormal)))), 1e-5);
    }

    [Fact]
    public void Derivatives_equal_differences()
    {
        var value = Numerically.Draw(3, 3, 5);
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(T.Fft.Rfft(s_x, 2))), twice: true, (s_x, value));
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(T.Fft.Irfft(T.Reshape(s_x, 3, 5, 1) * T.Constant(Tensor.From([1.0, 2])), isOdd: true))), twice: true, (s_x, value));
    }

    [Fact]
    public void Axes_that_are_missing_are_named()
    {
        Says("fourier(x: float32[3,4]): the last axis must have size 2, for real and imaginary parts.", () => T.Fft.Forward(T.Matrix("x", 3, 4)));
        Says("fft(x: float32[3,2]) over 2 axes: it must have at least as many before the last, which is for real and imaginary parts.", () => T.Fft.Forward(T.Matrix("x", 3, 2), 2));
        static void Says(string message, Func<Expr> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
    }
}
