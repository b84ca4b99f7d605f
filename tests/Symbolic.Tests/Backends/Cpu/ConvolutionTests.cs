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

    private static readonly Gen<ConvolutionShape> s_depthwise =
        from shape in s_plane
        from groups in Gen.Int[2, 9]
        from filters in Gen.Int[1, 3]
        from depth in s_shortAxis
        select shape with { Channels = groups, Filters = groups * filters, Groups = groups, Depth = depth };

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

    // LeNet's and the usual small networks' layers; many channels; a filter of more taps than one block of the depth; one output position; a data gradient
    // of several blocks of channels and of filters.
    public static TheoryData<int, int, int, int, int, int, int> Layers => new()
    {
        { 3, 1, 28, 20, 5, 1, 0 }, { 3, 20, 12, 50, 5, 1, 0 }, { 2, 32, 26, 64, 3, 1, 1 }, { 2, 70, 9, 65, 3, 2, 1 },
        { 1, 3, 64, 13, 7, 2, 3 }, { 1, 2, 40, 5, 21, 1, 10 }, { 40, 6, 3, 30, 3, 1, 0 }, { 1, 130, 5, 100, 3, 1, 1 }, { 2, 24, 30, 48, 1, 1, 0 }, { 1, 7, 32, 300, 5, 1, 2 }, { 40, 3, 11, 6, 3, 1, 1 },
    };

    [Fact]
    public void Convolutions_of_planes_and_their_gradients_equal_plain_loops() => s_plane.Sample(Check<float>, iter: 250);

    [Fact]
    public void Convolutions_channel_by_channel_and_their_gradients_equal_plain_loops()
    {
        s_depthwise.Sample(Check<float>, iter: 150);
        s_depthwise.Sample(Check<double>, iter: 50);
    }

    [Fact]
    public void Convolutions_channel_by_channel_of_nothing_give_zeros()
    {
        var width = new ConvolutionAxis(8, 3);
        Check<float>(new ConvolutionShape(2, 3, 3, new ConvolutionAxis(2, 5), width) { Groups = 3 });
        Check<float>(new ConvolutionShape(2, 3, 3, new ConvolutionAxis(0, 1, PadLow: 2, PadHigh: 2), width) { Groups = 3 });
        Check<float>(new ConvolutionShape(0, 3, 3, width, width) { Groups = 3 });
    }

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
            ImplicitProducts.Forward(shape, x, w, y, null, Numerics.Default, 2);
            ImplicitProducts.DataGradient(shape, y, w, x, Numerics.Default, 2);
            ImplicitProducts.FilterGradient(shape, x, y, w, Numerics.Default, 2);
        }
    }

    private static void Check<T>(ConvolutionShape shape) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new ConvolutionCheck<T>(shape).Run(
            (s, x, w, y, epilogue, threads) => ImplicitProducts.Forward(s, x, w, y, epilogue, Numerics.Default, threads),
            (s, dy, w, dx, threads) => ImplicitProducts.DataGradient(s, dy, w, dx, Numerics.Default, threads),
            (s, x, dy, dw, threads) => ImplicitProducts.FilterGradient(s, x, dy, dw, Numerics.Default, threads));
}
