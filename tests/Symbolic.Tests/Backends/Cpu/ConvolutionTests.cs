using System.Numerics;
using CsCheck;
using DeepSym.Backends.Cpu;

namespace DeepSym.Tests.Backends.Cpu;

public sealed unsafe class ConvolutionTests
{
    private static readonly Gen<ConvolutionAxis> s_axis =
        from input in Gen.Int[1, 40]
        from filter in Gen.Int[1, 5]
        from stride in Gen.Int[1, 4]
        from dilation in Gen.Int[1, 3]
        from low in Gen.Int[0, 4]
        from high in Gen.Int[0, 4]
        select new ConvolutionAxis(input, filter, stride, dilation, low, high);

    private static readonly Gen<ConvolutionAxis> s_shortAxis =
        from axis in s_axis
        select axis with { Input = axis.Input % 6 + 1, Filter = Math.Min(axis.Filter, 3) };

    private static readonly Gen<ConvolutionShape> s_plane =
        from images in Gen.Int[1, 5]
        from groups in Gen.Int[1, 3]
        from channels in Gen.Int[1, 5]
        from filters in Gen.Int[1, 20]
        from height in s_axis
        from width in s_axis
        from flip in Gen.Bool
        select new ConvolutionShape(images, groups * channels, groups * filters, height, width) { Groups = groups, Flip = flip };

    private static readonly Gen<ConvolutionShape> s_space =
        from shape in s_plane
        from depth in s_shortAxis
        from height in s_shortAxis
        from width in s_shortAxis
        select shape with { Depth = depth, Height = height, Width = width };

    private static readonly Gen<ConvolutionShape> s_line =
        from shape in s_plane
        from length in Gen.Int[1, 3000]
        from width in s_axis
        select shape with { Height = ConvolutionAxis.One, Width = width with { Input = length } };

    // LeNet's and the usual small networks' layers; many channels; a filter of more taps than one block of the depth; one output position.
    public static TheoryData<int, int, int, int, int, int, int> Layers => new()
    {
        { 3, 1, 28, 20, 5, 1, 0 }, { 3, 20, 12, 50, 5, 1, 0 }, { 2, 32, 26, 64, 3, 1, 1 }, { 2, 70, 9, 65, 3, 2, 1 },
        { 1, 3, 64, 13, 7, 2, 3 }, { 1, 2, 40, 5, 21, 1, 10 }, { 40, 6, 3, 30, 3, 1, 0 }, { 1, 130, 5, 100, 3, 1, 1 }, { 2, 24, 30, 48, 1, 1, 0 },
    };

    [Fact]
    public void Convolutions_of_planes_and_their_gradients_equal_plain_loops() => s_plane.Sample(Check<float>, iter: 250);

    [Fact]
    public void Convolutions_of_float64_and_their_gradients_equal_plain_loops() => s_plane.Sample(Check<double>, iter: 100);

    [Fact]
    public void Convolutions_of_spaces_and_their_gradients_equal_plain_loops() => s_space.Sample(Check<float>, iter: 200);

    [Fact]
    public void Convolutions_of_lines_and_their_gradients_equal_plain_loops() => s_line.Sample(Check<float>, iter: 50);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Layers_of_networks_equal_plain_loops(int images, int channels, int size, int filters, int filter, int stride, int padding)
    {
        var axis = new ConvolutionAxis(size, filter, stride, 1, padding, padding);
        Check<float>(new ConvolutionShape(images, channels, filters, axis, axis));
    }

    [Theory]
    [InlineData(28, 5, 1, 1, 0, 0, 24)]
    [InlineData(28, 3, 1, 1, 1, 1, 28)]
    [InlineData(28, 3, 2, 1, 1, 1, 14)]
    [InlineData(7, 3, 1, 2, 0, 0, 3)]
    [InlineData(4, 5, 1, 1, 0, 0, 0)]
    [InlineData(4, 5, 3, 1, 0, 1, 1)]
    public void The_output_has_as_many_positions_as_the_filter_fits(int input, int filter, int stride, int dilation, int low, int high, int expected) =>
        Assert.Equal(expected, new ConvolutionAxis(input, filter, stride, dilation, low, high).Output);

    [Fact]
    public void Convolutions_without_channels_or_positions_are_zero()
    {
        Check<float>(new ConvolutionShape(2, 0, 3, new ConvolutionAxis(5, 2), new ConvolutionAxis(6, 2)));
        Check<float>(new ConvolutionShape(2, 3, 4, new ConvolutionAxis(2, 5), new ConvolutionAxis(6, 2)));
        Check<float>(new ConvolutionShape(0, 3, 4, new ConvolutionAxis(5, 2), new ConvolutionAxis(6, 2)));
    }

    [Fact]
    public void Convolutions_allocate_nothing_once_warm()
    {
        var axis = new ConvolutionAxis(14, 3, 2, 1, 1, 1);
        var shape = new ConvolutionShape(16, 8, 16, axis, axis);
        float[] x = new float[16 * 8 * 14 * 14], w = new float[16 * 8 * 9], y = new float[16 * 16 * 7 * 7];
        fixed (float* px = x, pw = w, py = y)
        {
            for (var repeat = 0; repeat < 5; repeat++)
                All(shape, px, pw, py);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var repeat = 0; repeat < 5; repeat++)
                All(shape, px, pw, py);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        static void All(ConvolutionShape shape, float* x, float* w, float* y)
        {
            ImplicitProducts.Forward(shape, x, w, y, null, 2);
            ImplicitProducts.DataGradient(shape, y, w, x, 2);
            ImplicitProducts.FilterGradient(shape, x, y, w, 2);
        }
    }

    private static void Check<T>(ConvolutionShape s) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(HashCode.Combine(s.Images, s.Channels, s.Filters, s.Height.Input));
        T[] x = Values<T>(random, s.Images * s.Channels * s.InputSize), w = Values<T>(random, s.Filters * s.Channels / s.Groups * s.FilterSize);
        T[] dy = Values<T>(random, s.Images * s.Filters * s.OutputSize);
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
            T[] y2 = Values<T>(random, y.Length), dx2 = Values<T>(random, x.Length), dw2 = Values<T>(random, w.Length);
            var coverage = new Coverage(s);
            fixed (T* px = x, pw = w, pdy = dy, py = y2, pdx = dx2, pdw = dw2)
            {
                ImplicitProducts.Forward(s, px, pw, py, coverage, threads);
                ImplicitProducts.DataGradient(s, pdy, pw, pdx, threads);
                ImplicitProducts.FilterGradient(s, px, pdy, pdw, threads);
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

    private static T[] Values<T>(Random random, long count) where T : INumberBase<T>
    {
        var values = new T[count];
        for (long i = 0; i < count; i++)
            values[i] = T.CreateChecked(random.NextDouble() - 0.5);
        return values;
    }

    private static void AssertClose<T>(double[] expected, T[] actual, long terms, string what) where T : INumberBase<T>
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
