using System.Numerics;
using DeepSym.Backends.Cpu;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A convolution and its two gradients, one result in each thread: its definition, with the sums in a fixed order. What the processor's code calls images x,
/// filters w and results y has the same layout here.
/// </summary>
static class DirectConvolution
{
    public static void Forward<T>(ArrayView<T> x, ArrayView<T> w, ArrayView<T> y, ConvolutionShape shape) where T : unmanaged, INumber<T>
    {
        var (depth, height, width) = (shape.Depth, shape.Height, shape.Width);
        for (var i = First(); i < shape.Images * shape.Filters * shape.OutputSize; i += Step())
        {
            var (at, rest) = (i % shape.OutputSize, i / shape.OutputSize);
            var (filter, image) = (rest % shape.Filters, rest / shape.Filters);
            var (oz, oy, ox) = (at / (height.Output * width.Output), at / width.Output % height.Output, at % width.Output);
            var firstChannel = filter / shape.GroupFilters * shape.GroupChannels;
            var sum = T.Zero;
            for (long c = 0; c < shape.GroupChannels; c++)
                for (long tap = 0; tap < shape.FilterSize; tap++)
                {
                    var z = oz * depth.Stride + depth.Offset(tap / (height.Filter * width.Filter), shape.Flip);
                    var v = oy * height.Stride + height.Offset(tap / width.Filter % height.Filter, shape.Flip);
                    var u = ox * width.Stride + width.Offset(tap % width.Filter, shape.Flip);
                    if (z < 0 || z >= depth.Input || v < 0 || v >= height.Input || u < 0 || u >= width.Input) continue;
                    sum += x[((image * shape.Channels + firstChannel + c) * depth.Input + z) * height.Input * width.Input + v * width.Input + u]
                        * w[(filter * shape.GroupChannels + c) * shape.FilterSize + tap];
                }
            y[i] = sum;
        }
    }

    public static void DataGradient<T>(ArrayView<T> y, ArrayView<T> w, ArrayView<T> x, ConvolutionShape shape) where T : unmanaged, INumber<T>
    {
        var (depth, height, width) = (shape.Depth, shape.Height, shape.Width);
        for (var i = First(); i < shape.Images * shape.Channels * shape.InputSize; i += Step())
        {
            var (at, rest) = (i % shape.InputSize, i / shape.InputSize);
            var (channel, image) = (rest % shape.Channels, rest / shape.Channels);
            var (z, v, u) = (at / (height.Input * width.Input), at / width.Input % height.Input, at % width.Input);
            var (group, own) = (channel / shape.GroupChannels, channel % shape.GroupChannels);
            var sum = T.Zero;
            for (long f = 0; f < shape.GroupFilters; f++)
                for (long tap = 0; tap < shape.FilterSize; tap++)
                {
                    var oz = z - depth.Offset(tap / (height.Filter * width.Filter), shape.Flip);
                    var oy = v - height.Offset(tap / width.Filter % height.Filter, shape.Flip);
                    var ox = u - width.Offset(tap % width.Filter, shape.Flip);
                    if (oz < 0 || oy < 0 || ox < 0 || oz % depth.Stride != 0 || oy % height.Stride != 0 || ox % width.Stride != 0) continue;
                    (oz, oy, ox) = (oz / depth.Stride, oy / height.Stride, ox / width.Stride);
                    if (oz >= depth.Output || oy >= height.Output || ox >= width.Output) continue;
                    var filter = group * shape.GroupFilters + f;
                    sum += y[(image * shape.Filters + filter) * shape.OutputSize + (oz * height.Output + oy) * width.Output + ox]
                        * w[(filter * shape.GroupChannels + own) * shape.FilterSize + tap];
                }
            x[i] = sum;
        }
    }

    public static void FilterGradient<T>(ArrayView<T> x, ArrayView<T> y, ArrayView<T> w, ConvolutionShape shape) where T : unmanaged, INumber<T>
    {
        var (depth, height, width) = (shape.Depth, shape.Height, shape.Width);
        for (var i = First(); i < shape.Filters * shape.GroupChannels * shape.FilterSize; i += Step())
        {
            var (tap, rest) = (i % shape.FilterSize, i / shape.FilterSize);
            var (own, filter) = (rest % shape.GroupChannels, rest / shape.GroupChannels);
            var channel = filter / shape.GroupFilters * shape.GroupChannels + own;
            var (dz, dy, dx) = (depth.Offset(tap / (height.Filter * width.Filter), shape.Flip), height.Offset(tap / width.Filter % height.Filter, shape.Flip), width.Offset(tap % width.Filter, shape.Flip));
            var sum = T.Zero;
            for (long image = 0; image < shape.Images; image++)
                for (long at = 0; at < shape.OutputSize; at++)
                {
                    var z = at / (height.Output * width.Output) * depth.Stride + dz;
                    var v = at / width.Output % height.Output * height.Stride + dy;
                    var u = at % width.Output * width.Stride + dx;
                    if (z < 0 || z >= depth.Input || v < 0 || v >= height.Input || u < 0 || u >= width.Input) continue;
                    sum += x[((image * shape.Channels + channel) * depth.Input + z) * height.Input * width.Input + v * width.Input + u]
                        * y[(image * shape.Filters + filter) * shape.OutputSize + at];
                }
            w[i] = sum;
        }
    }

    static long First() => (long)Grid.IdxX * Group.DimX + Group.IdxX;

    static long Step() => (long)Grid.DimX * Group.DimX;
}
