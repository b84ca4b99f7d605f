using System.Numerics;
using CsCheck;
using DeepSym.Backends.Cpu;

namespace DeepSym.Tests.Backends.Cpu;

public sealed unsafe class WinogradTests
{
    private static readonly Gen<ConvolutionAxis> s_axis =
        from input in Gen.Int[3, 20]
        from low in Gen.Int[0, 2]
        from high in Gen.Int[0, 2]
        select new ConvolutionAxis(input, 3, 1, 1, low, high);

    private static readonly Gen<ConvolutionShape> s_shape =
        from images in Gen.Int[1, 6]
        from groups in Gen.Int[1, 3]
        from channels in Gen.Int[2, 20]
        from filters in Gen.Int[2, 20]
        from height in s_axis
        from width in s_axis
        from flip in Gen.Bool
        where images * height.Output * width.Output >= 16
        select new ConvolutionShape(images, groups * channels, groups * filters, height, width) { Groups = groups, Flip = flip };

    // Rows of more tiles than a box has; more channels than a block of the depth; more filters than are multiplied at once; many images of one tile.
    public static TheoryData<int, int, int, int, int, int> Layers => new()
    {
        { 1, 5, 4, 700, 7, 1 }, { 1, 400, 5, 5, 3, 0 }, { 1, 9, 150, 6, 9, 1 }, { 150, 6, 4, 3, 7, 0 }, { 2, 32, 26, 26, 64, 2 },
    };

    public static TheoryData<string, int> Transforms
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in s_matrices.Keys)
                foreach (var bytes in new[] { 16, 32, 64 })
                    data.Add(name, bytes);
            return data;
        }
    }

    private static readonly Dictionary<string, double[,]> s_matrices = new()
    {
        [nameof(Winograd.OfInput)] = Winograd.OfInput,
        [nameof(Winograd.OfOutput)] = Winograd.OfOutput,
        [nameof(Winograd.OfFilter)] = Winograd.OfFilter,
        [nameof(Winograd.OfOutputGradient)] = Winograd.OfOutputGradient,
        [nameof(Winograd.OfFilterGradient)] = Winograd.OfFilterGradient,
    };

    [Fact]
    public void Convolutions_by_tiles_and_their_gradients_equal_plain_loops() => s_shape.Sample(s => new ConvolutionCheck<float>(s).Run(Forward, DataGradient, FilterGradient), iter: 150);

    [Fact]
    public void Convolutions_of_float64_by_tiles_equal_plain_loops() => s_shape.Sample(s => new ConvolutionCheck<double>(s).Run(Forward, DataGradient, FilterGradient), iter: 60);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Convolutions_that_end_a_box_or_a_block_equal_plain_loops(int images, int channels, int filters, int width, int height, int padding)
    {
        var shape = new ConvolutionShape(images, channels, filters, new ConvolutionAxis(height, 3, 1, 1, padding, 0), new ConvolutionAxis(width, 3, 1, 1, 1, padding));
        new ConvolutionCheck<float>(shape).Run(Forward, DataGradient, FilterGradient);
    }

    [Theory]
    [MemberData(nameof(Transforms))]
    public void Tile_transforms_of_every_width_of_vectors_equal_products_of_matrices(string matrix, int bytes)
    {
        CheckTransform<float>(s_matrices[matrix], bytes);
        CheckTransform<double>(s_matrices[matrix], bytes);
    }

    [Fact]
    public void The_reverse_of_a_convolution_has_the_input_as_output()
    {
        var shape = new ConvolutionShape(2, 3, 4, new ConvolutionAxis(7, 3, 1, 1, 0, 2), new ConvolutionAxis(8, 3, 1, 1, 2, 1));
        var reverse = Winograd.Reverse(shape);
        Assert.Equal((4, 3, 7, 8), (reverse.Channels, reverse.Filters, reverse.Height.Output, reverse.Width.Output));
        Assert.Equal(shape, Winograd.Reverse(reverse));
    }

    [Fact]
    public void Tiles_are_for_filters_of_three_without_strides_and_with_enough_channels()
    {
        var axis = new ConvolutionAxis(28, 3);
        var shape = new ConvolutionShape(8, 32, 64, axis, axis);
        Assert.True(Winograd.Pays(shape));
        Assert.False(Winograd.Pays(shape with { Channels = 1 }));
        Assert.False(Winograd.Pays(shape with { Groups = 32 }));
        Assert.False(Winograd.Pays(shape with { Width = axis with { Stride = 2 } }));
        Assert.False(Winograd.Pays(shape with { Width = axis with { Dilation = 2 } }));
        Assert.False(Winograd.Pays(shape with { Width = axis with { Filter = 5 } }));
        Assert.False(Winograd.Pays(shape with { Width = axis with { PadLow = 3 } }));
        Assert.False(Winograd.Pays(shape with { Depth = axis }));
    }

    // By tiles, 1 and 1e8 are added before the filter takes 1e8 away again.
    [Fact]
    public void Strict_convolutions_add_products_alone()
    {
        var (x, w) = (T.FTensor4("x"), T.FTensor4("w"));
        using var strict = Function.Compile([x, w], T.Conv2D(x, w), options: new CompileOptions { Numerics = Numerics.Strict });
        using var tiles = Function.Compile([x, w], T.Conv2D(x, w));
        var (image, filters) = (new float[16 * 20 * 20], new float[16 * 16 * 9]);
        (image[0], image[2], filters[0]) = (1, 1e8f, 1);
        Tensor[] arguments = [Tensor.From<float>(image, 1, 16, 20, 20), Tensor.From<float>(filters, 16, 16, 3, 3)];
        Assert.Equal(1, strict.Invoke(arguments)[0].ToArray<float>()[0]);
        Assert.NotEqual(1, tiles.Invoke(arguments)[0].ToArray<float>()[0]);
    }

    private static void Forward<T>(ConvolutionShape s, T* x, T* w, T* y, ConvolutionEpilogue epilogue, int threads) where T : unmanaged => WinogradConvolution<T>.Forward(s, x, w, y, epilogue, threads);

    private static void DataGradient<T>(ConvolutionShape s, T* dy, T* w, T* dx, int threads) where T : unmanaged => WinogradConvolution<T>.DataGradient(s, dy, w, dx, threads);

    private static void FilterGradient<T>(ConvolutionShape s, T* x, T* dy, T* dw, int threads) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        WinogradFilterGradient<T>.Run(s, x, dy, dw, threads);

    // Three tiles of two vectors, one beside the other.
    private static void CheckTransform<T>(double[,] matrix, int bytes) where T : unmanaged, INumber<T>
    {
        int to = matrix.GetLength(0), from = matrix.GetLength(1), pixel = 2 * bytes / sizeof(T);
        var random = new Random(bytes);
        var x = new T[from * 3 * from * pixel];
        var y = new T[to * to * 3 * pixel];
        for (var i = 0; i < x.Length; i++)
            x[i] = T.CreateChecked(random.Next(-64, 64));
        fixed (T* source = x, target = y)
            TileTransforms.Emit<T>(matrix, bytes)(
                3, 2, (byte*)source, from * pixel * sizeof(T), 3 * from * pixel * sizeof(T), pixel * sizeof(T),
                (byte*)target, pixel * sizeof(T), to * 3 * pixel * sizeof(T), 3 * pixel * sizeof(T));
        for (var tile = 0; tile < 3; tile++)
            for (var lane = 0; lane < pixel; lane++)
                for (var i = 0; i < to; i++)
                    for (var j = 0; j < to; j++)
                    {
                        var sum = 0.0;
                        for (var r = 0; r < from; r++)
                            for (var c = 0; c < from; c++)
                                sum += matrix[i, r] * matrix[j, c] * double.CreateChecked(x[(r * 3 * from + tile * from + c) * pixel + lane]);
                        Assert.Equal(sum, double.CreateChecked(y[(i * to * 3 + j * 3 + tile) * pixel + lane]));
                    }
    }
}
