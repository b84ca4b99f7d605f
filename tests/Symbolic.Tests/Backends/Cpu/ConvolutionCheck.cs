using System.Numerics;
using DeepSym.Backends.Cpu;

namespace DeepSym.Tests.Backends.Cpu;

/// <summary>Holds a convolution and its gradients against plain loops in float64, and against themselves with another number of threads.</summary>
internal sealed unsafe class ConvolutionCheck<T>(ConvolutionShape shape) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the output from input and filters.</summary>
    public delegate void Convolution(ConvolutionShape shape, T* input, T* filters, T* output, ConvolutionEpilogue epilogue, int threads);

    /// <summary>Computes a gradient from what came first and second in the convolution's mode.</summary>
    public delegate void Gradient(ConvolutionShape shape, T* first, T* second, T* gradient, int threads);

    public void Run(Convolution convolution, Gradient dataGradient, Gradient filterGradient)
    {
        var s = shape;
        var random = new Random(HashCode.Combine(s.Images, s.Channels, s.Filters, s.Height.Input));
        T[] x = Values(random, s.Images * s.Channels * s.InputSize), w = Values(random, s.Filters * s.Channels / s.Groups * s.FilterSize);
        T[] dy = Values(random, s.Images * s.Filters * s.OutputSize);
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
        Loops(s, (i, k, o) =>
        {
            y[o] += double.CreateChecked(x[i]) * double.CreateChecked(w[k]);
            dx[i] += double.CreateChecked(dy[o]) * double.CreateChecked(w[k]);
            dw[k] += double.CreateChecked(dy[o]) * double.CreateChecked(x[i]);
        });

        T[]? y1 = null, dx1 = null, dw1 = null;
        foreach (var threads in new[] { 1, 2 })
        {
            // What is there before must not matter.
            T[] y2 = Values(random, y.Length), dx2 = Values(random, x.Length), dw2 = Values(random, w.Length);
            var coverage = new Coverage(s);
            fixed (T* px = x, pw = w, pdy = dy, py = y2, pdx = dx2, pdw = dw2)
            {
                convolution(s, px, pw, py, coverage, threads);
                dataGradient(s, pdy, pw, pdx, threads);
                filterGradient(s, px, pdy, pdw, threads);
            }
            AssertClose(y, y2, s.Channels / s.Groups * s.FilterSize, "output");
            AssertClose(dx, dx2, s.Filters / s.Groups * s.FilterSize, "input gradient");
            AssertClose(dw, dw2, s.Images * s.OutputSize, "filter gradient");
            coverage.AssertExact();
            Assert.Equal(y1 ??= y2, y2);
            Assert.Equal(dx1 ??= dx2, dx2);
            Assert.Equal(dw1 ??= dw2, dw2);
        }
    }

    private static void Loops(ConvolutionShape s, Action<long, long, long> visit)
    {
        long channels = s.Channels / s.Groups, filters = s.Filters / s.Groups;
        for (long n = 0; n < s.Images; n++)
            for (long f = 0; f < s.Filters; f++)
                for (long c = 0; c < channels; c++)
                    for (long od = 0; od < s.Depth.Output; od++)
                        for (long oh = 0; oh < s.Height.Output; oh++)
                            for (long ow = 0; ow < s.Width.Output; ow++)
                                for (long kd = 0; kd < s.Depth.Filter; kd++)
                                    for (long kh = 0; kh < s.Height.Filter; kh++)
                                        for (long kw = 0; kw < s.Width.Filter; kw++)
                                        {
                                            long d = At(s.Depth, od, kd), h = At(s.Height, oh, kh), w = At(s.Width, ow, kw);
                                            if (d < 0 || d >= s.Depth.Input || h < 0 || h >= s.Height.Input || w < 0 || w >= s.Width.Input)
                                                continue;
                                            var (td, th, tw) = s.Flip
                                                ? (s.Depth.Filter - 1 - kd, s.Height.Filter - 1 - kh, s.Width.Filter - 1 - kw)
                                                : (kd, kh, kw);
                                            var channel = n * s.Channels + f / filters * channels + c;
                                            visit(
                                                ((channel * s.Depth.Input + d) * s.Height.Input + h) * s.Width.Input + w,
                                                (((f * channels + c) * s.Depth.Filter + td) * s.Height.Filter + th) * s.Width.Filter + tw,
                                                (((n * s.Filters + f) * s.Depth.Output + od) * s.Height.Output + oh) * s.Width.Output + ow);
                                        }

        static long At(ConvolutionAxis axis, long output, long tap) => output * axis.Stride + tap * axis.Dilation - axis.PadLow;
    }

    private static T[] Values(Random random, long count)
    {
        var values = new T[count];
        for (long i = 0; i < count; i++)
            values[i] = T.CreateChecked(random.NextDouble() - 0.5);
        return values;
    }

    private static void AssertClose(double[] expected, T[] actual, long terms, string what)
    {
        var tolerance = (typeof(T) == typeof(float) ? 1.2e-7 : 2.3e-16) * (terms + 2);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - double.CreateChecked(actual[i])) <= tolerance))
                Assert.Fail($"{what}, element {i}: expected {expected[i]}, got {actual[i]}");
    }

    private sealed class Coverage(ConvolutionShape s) : ConvolutionEpilogue
    {
        private readonly int[] _visits = new int[s.Images * s.Filters * s.OutputSize];

        public override void Run(long imageBegin, long imageEnd, long filterBegin, long filterEnd, long positionBegin, long positionEnd)
        {
            for (var n = imageBegin; n < imageEnd; n++)
                for (var f = filterBegin; f < filterEnd; f++)
                    for (var p = positionBegin; p < positionEnd; p++)
                        Interlocked.Increment(ref _visits[(n * s.Filters + f) * s.OutputSize + p]);
        }

        public void AssertExact() => Assert.True(_visits.All(visits => visits == 1), "the epilogue's blocks do not cover the output exactly once");
    }
}
