using System.Numerics;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Convolution of one to three spatial axes and its two gradients, with the same bits for any number of threads; see <see cref="ConvolutionShape"/>.
/// What they write is overwritten whole, with zeros where no product reaches. Filters of one channel each have code of their own. Unless numbers
/// must not change, sums may be of transformed elements where that is faster; see <see cref="Winograd"/>.
/// </summary>
internal static unsafe class ImplicitProducts
{
    /// <summary>
    /// output = input * filters. The <paramref name="epilogue"/> then sees every block of the output once.
    /// Up to <paramref name="threads"/> threads share the work.
    /// </summary>
    public static void Forward<T>(in ConvolutionShape shape, T* input, T* filters, T* output, ConvolutionEpilogue? epilogue, Numerics numerics, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = shape.Images * shape.Filters * shape.OutputSize;
        if (size == 0)
            return;
        if (shape.IsDepthwise && shape.FilterSize > 0)
            DepthwiseConvolution<T>.Run(shape, input, filters, output, epilogue, threads);
        else if (numerics != Numerics.Strict && Winograd.Pays(shape))
            WinogradConvolution<T>.Forward(shape, input, filters, output, epilogue, threads);
        else if (shape.Channels * shape.FilterSize > 0)
            ForwardConvolution<T>.Run(shape, input, filters, output, epilogue, threads);
        else
        {
            Clear(output, size);
            epilogue?.Run(0, shape.Images, 0, shape.Filters, 0, shape.OutputSize);
        }
    }

    /// <summary>inputGradient = the gradient of the input, from the output's gradient and the filters.</summary>
    public static void DataGradient<T>(in ConvolutionShape shape, T* outputGradient, T* filters, T* inputGradient, Numerics numerics, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shape is { IsDepthwise: true, GroupFilters: 1, Depth.CanMirror: true, Height.CanMirror: true, Width.CanMirror: true } && shape.Images * shape.InputSize > 0)
            DepthwiseConvolution<T>.Run(
                shape with { Depth = shape.Depth.Mirrored, Height = shape.Height.Mirrored, Width = shape.Width.Mirrored, Flip = !shape.Flip },
                outputGradient, filters, inputGradient, null, threads);
        else if (numerics != Numerics.Strict && Winograd.Pays(shape))
            WinogradConvolution<T>.DataGradient(shape, outputGradient, filters, inputGradient, threads);
        else if (shape.Images * shape.Channels * shape.InputSize > 0)
            Cpu.DataGradient<T>.Run(shape, outputGradient, filters, inputGradient, threads);
    }

    /// <summary>filterGradient = the gradient of the filters, from the input and the output's gradient.</summary>
    public static void FilterGradient<T>(in ConvolutionShape shape, T* input, T* outputGradient, T* filterGradient, Numerics numerics, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = shape.Filters * shape.GroupChannels * shape.FilterSize;
        if (shape.IsDepthwise && shape.FilterSize * shape.Images * shape.OutputSize > 0)
            DepthwiseFilterGradient<T>.Run(shape, input, outputGradient, filterGradient, threads);
        else if (numerics != Numerics.Strict && Winograd.Pays(shape))
            WinogradFilterGradient<T>.Run(shape, input, outputGradient, filterGradient, threads);
        else if (size > 0 && shape.Images * shape.OutputSize > 0 && NarrowFilterGradient<T>.Suits(shape))
            NarrowFilterGradient<T>.Run(shape, input, outputGradient, filterGradient, threads);
        else if (size > 0 && shape.Images * shape.OutputSize > 0)
            Cpu.FilterGradient<T>.Run(shape, input, outputGradient, filterGradient, threads);
        else
            Clear(filterGradient, size);
    }

    private static void Clear<T>(T* target, long count) where T : unmanaged
    {
        for (long i = 0; i < count; i++)
            target[i] = default;
    }
}
