using System.Numerics;

namespace DeepSym.Backends.Cpu;

/// <summary>Convolution of one to three spatial axes and its two gradients, as matrix products whose windows are packed on the way; see <see cref="ConvolutionShape"/>.</summary>
internal static unsafe class Convolution
{
    /// <summary>
    /// output = input * filters, all of it overwritten; zeros where there are no input channels.
    /// The <paramref name="epilogue"/> then sees every block of the output once. Up to <paramref name="threads"/> threads share the work.
    /// </summary>
    public static void Forward<T>(in ConvolutionShape shape, T* input, T* filters, T* output, ConvolutionEpilogue? epilogue, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Correlation<T>.Forward(shape, input, filters, output, epilogue, threads);

    /// <summary>
    /// inputGradient = the gradient of the input, all of it overwritten: a correlation of the output's gradient with the filters,
    /// one for each residue of the input's positions modulo the strides, so that no product with a zero between strides is taken.
    /// </summary>
    public static void DataGradient<T>(in ConvolutionShape shape, T* outputGradient, T* filters, T* inputGradient, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (long i = 0; i < shape.Depth.Stride; i++)
            for (long j = 0; j < shape.Height.Stride; j++)
                for (long k = 0; k < shape.Width.Stride; k++)
                    Correlation<T>.Backward(shape, i, j, k, outputGradient, filters, inputGradient, threads);
    }

    /// <summary>filterGradient = the gradient of the filters, all of it overwritten.</summary>
    public static void FilterGradient<T>(in ConvolutionShape shape, T* input, T* outputGradient, T* filterGradient, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cpu.FilterGradient<T>.Run(shape, input, outputGradient, filterGradient, threads);
}
