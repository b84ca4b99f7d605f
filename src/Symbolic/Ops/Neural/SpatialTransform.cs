namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// The places that affine maps theta [n, 2, 3] lead the points of a regular grid to: [n, height, width, 2], the last axis x (to the right) and y (down). Both run
    /// from -1 at one border of an image to 1 at the other.
    /// </summary>
    /// <exception cref="ShapeException">theta has not three axes.</exception>
    public static Expr AffineGrid(Expr theta, Dim height, Dim width)
    {
        ArgumentNullException.ThrowIfNull(theta);
        if (theta.Rank != 3) throw new ShapeException($"affine_grid({theta.Describe()}): the maps have shape [n, 2, 3].");
        var grid = Meshgrid([Linspace(-1, 1, height, dtype: theta.DType), Linspace(-1, 1, width, dtype: theta.DType)]);
        var points = Stack([grid[1], grid[0], OnesLike(grid[0])], -1);
        return Einsum("hwk,nik->nhwi", points, theta);
    }

    /// <summary>
    /// Images x [n, channels, height, width] at the places of a grid [n, h, w, 2] (see <see cref="AffineGrid"/>): [n, channels, h, w], interpolated between the four
    /// nearest elements; beyond a border the image goes on as it ends. With <see cref="AffineGrid"/> the sampler of spatial transformers (Jaderberg et al. 2015);
    /// its derivative in the grid is that of the interpolation.
    /// </summary>
    /// <exception cref="ShapeException">The axes do not fit.</exception>
    public static Expr BilinearSample(Expr x, Expr grid)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(grid);
        if (x.Rank != 4 || grid.Rank != 4 || (grid.Shape[3] - 2) is { IsStatic: true, Constant: not 0 })
            throw new ShapeException($"bilinear_sample({x.Describe()}, {grid.Describe()}): images are [n, channels, height, width] and a grid is [n, h, w, 2].");
        var (left, toRight) = Between(grid[Ellipsis, 0], x.Shape[3]);
        var (top, down) = Between(grid[Ellipsis, 1], x.Shape[2]);
        var (right, bottom) = (Minimum(left + 1, Size(x.Shape[3]) - 1), Minimum(top + 1, Size(x.Shape[2]) - 1));
        var upper = At(top, left) * (1 - toRight) + At(top, right) * toRight;
        var lower = At(bottom, left) * (1 - toRight) + At(bottom, right) * toRight;
        return upper * (1 - down) + lower * down;

        // The element before a place, as [n, h, w], and how far the place is from it, as [n, 1, h, w].
        (Expr Index, Expr Share) Between(Expr place, Dim size)
        {
            var scaled = (Clip(place, -1, 1) + 1) * (Cast(Size(size) - 1, place.DType) / 2);
            var below = Floor(scaled);
            return (Cast(below, DType.Int64), ExpandDims(scaled - below, 1));
        }

        Expr At(Expr row, Expr column)
        {
            var sample = new Iota(Shape.Of([x.Shape[0], Dim.One, Dim.One]), 0).On();
            return Transpose(x[sample, .., row, column], 0, 3, 1, 2);   // the picked axes come first
        }
    }
}
