namespace DeepSym;

/// <summary>What stands between the elements of an image that is enlarged.</summary>
public enum UpsampleMode
{
    /// <summary>Each element is repeated.</summary>
    Nearest,

    /// <summary>Straight lines between the centres of elements (half-pixel centres): Keras's and PyTorch's way.</summary>
    Bilinear,

    /// <summary>Straight lines; element i of the result lies at <c>(i - (r - 1) // 2) / r</c> for a factor r: Theano's <c>bilinear_upsampling</c>. With odd factors the same as <see cref="Bilinear"/>.</summary>
    BilinearFromCorner,
}

public static partial class T
{
    /// <summary>
    /// Images x [n, channels, sizes...] enlarged by a factor along each spatial axis; beyond the outermost elements the image goes on as it ends.
    /// </summary>
    /// <exception cref="ShapeException">There is not one factor for each spatial axis.</exception>
    public static Expr Upsample(Expr x, ReadOnlySpan<int> factors, UpsampleMode mode = UpsampleMode.Nearest)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (factors.Length == 0 || x.Rank != factors.Length + 2) throw new ShapeException($"upsample({x.Describe()}): one factor is needed for each axis after the second, and there are {factors.Length}.");
        for (var i = 0; i < factors.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(factors[i], 1, nameof(factors));
            x = mode == UpsampleMode.Nearest ? Repeat(x, factors[i], i + 2) : Interpolated(Cast(x, Promotion.ToFloating(x.DType)), i + 2, factors[i], mode);
        }
        return x;
    }

    // x at the places between its elements where those of the larger image lie.
    static Expr Interpolated(Expr x, int axis, int factor, UpsampleMode mode)
    {
        var length = x.Shape[axis] * factor;
        var shape = Shape.Of(x.Shape.Select((_, a) => a == axis ? length : Dim.One));
        var index = Cast(new Iota(shape, axis).On(), x.DType);
        var place = mode == UpsampleMode.Bilinear ? (index + 0.5) / factor - 0.5 : (index - (factor - 1) / 2) / factor;
        var below = Floor(place);
        var lower = Flatten(Cast(below, DType.Int64));
        var (left, right) = (Take(x, lower, axis, IndexMode.Clip), Take(x, lower + 1, axis, IndexMode.Clip));
        return left + (right - left) * (place - below);
    }
}
