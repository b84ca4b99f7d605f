namespace DeepSym;

/// <summary>Which patches of an image there are at its borders.</summary>
public enum PatchMode
{
    /// <summary>Those that lie inside; they must cover the image.</summary>
    Valid,

    /// <summary>Those that lie inside; what is left over is ignored.</summary>
    IgnoreBorders,

    /// <summary>Those whose centre lies inside; the image goes on from the other side. Sizes must be odd.</summary>
    WrapCentered,

    /// <summary>Those whose centre lies inside; there are zeros around the image.</summary>
    Half,

    /// <summary>Those that touch the image; there are zeros around it.</summary>
    Full,
}

public static partial class T
{
    /// <summary>
    /// The patches of images x [n, channels, height, width] as rows: [n · channels · positions, h · w], channel after channel. The step from one patch to the next is
    /// their size by default. (Theano: <c>images2neibs</c>.)
    /// </summary>
    /// <exception cref="ShapeException">x has not four axes, the patches do not fit, or they have an even size where a centre is needed.</exception>
    public static Expr ImagesToPatches(Expr x, (int Height, int Width) size, (int Height, int Width)? step = null, PatchMode mode = PatchMode.Valid)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 4) throw new ShapeException($"images_to_patches({x.Describe()}): images have four axes, [n, channels, height, width].");
        int[] sizes = [size.Height, size.Width], steps = [(step ?? size).Height, (step ?? size).Width];
        foreach (var value in sizes.Concat(steps)) ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(size));
        if (mode == PatchMode.WrapCentered && sizes.Any(s => s % 2 == 0)) throw new ShapeException($"images_to_patches({x.Describe()}): patches of {size} have no centre; take odd sizes.");
        var padded = Pad(x, [(0, 0), (0, 0), Around(sizes[0]), Around(sizes[1])], mode == PatchMode.WrapCentered ? PadMode.Wrap : PadMode.Constant);
        if (mode == PatchMode.Valid)
            for (var i = 0; i < 2; i++)   // the call fails where patches do not cover the image
                padded = SpecifyShape(padded, padded.Shape.With(i + 2, (padded.Shape[i + 2] - sizes[i]) / steps[i] * steps[i] + sizes[i]).Dims.AsSpan());
        var patches = new Windows([2, 3], sizes.ToEquatable(), steps.ToEquatable(), [1, 1]).On(padded);
        return Reshape(patches, Shape.Of([.. patches.Shape.Take(4)]).Length, sizes[0] * sizes[1]);

        (Dim, Dim) Around(int window) => mode switch
        {
            PatchMode.WrapCentered or PatchMode.Half => (window / 2, window / 2),
            PatchMode.Full => (window - 1, window - 1),
            _ => (0, 0),
        };
    }

    /// <summary>The images of a shape [n, channels, height, width] from their patches, which cover them without overlap: the way back from <see cref="ImagesToPatches"/>. (Theano: <c>neibs2images</c>.)</summary>
    /// <exception cref="ShapeException">The shape has not four axes, or is known not to be covered.</exception>
    public static Expr PatchesToImages(Expr patches, (int Height, int Width) size, ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(patches);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        if (shape.Length != 4) throw new ShapeException($"patches_to_images({patches.Describe()}): images have four axes, [n, channels, height, width], and {shape.Length} are given.");
        var (rows, columns) = (shape[2] / size.Height, shape[3] / size.Width);
        var apart = Reshape(patches, shape[0], shape[1], rows, columns, size.Height, size.Width);
        return Reshape(Transpose(apart, 0, 1, 2, 4, 3, 5), Shape.Create(shape));
    }
}
