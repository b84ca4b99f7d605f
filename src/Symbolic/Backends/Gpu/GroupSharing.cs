using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>How the threads of a group share the indices of a nest. A group is a grid of threads, as wide as sizes ask for.</summary>
enum Sharing
{
    /// <summary>Not: each thread has indices of the root loop.</summary>
    None,

    /// <summary>Each row of threads has an index of the root loop, and its threads share the vector loops inside.</summary>
    Vectors,

    /// <summary>Each column of threads has an index of the root loop, and its threads share the loops inside: few columns, of which much is reduced.</summary>
    Columns,
}

/// <summary>Which nests are shared in which way, and by groups of which shape.</summary>
static class GroupSharing
{
    const int WidestOfColumns = 32;      // so that neighbouring threads read neighbours
    const int EnoughColumns = 8192;      // for a thread each
    const int WorthSharing = 16;         // indices of a loop

    /// <summary>How groups share a nest.</summary>
    public static Sharing Of(LoopNest nest) => nest.Root switch
    {
        { Kind: LoopKind.Serial } root => Inside(root).Any(IsVector) ? Sharing.Vectors : Sharing.None,
        var root => root.Body.Any(s => s is Reduction) && root.Body.All(CanShare) ? Sharing.Columns : Sharing.None,
    };

    /// <summary>Groups for so many indices of the root loop.</summary>
    public static KernelConfig Groups(LoopNest nest, long[] sizes, long extent, GpuDevice device)
    {
        var size = device.GroupSize;
        switch (Of(nest))
        {
            case Sharing.Vectors:
                var width = PowerOfTwo(Inside(nest.Root).Where(IsVector).Max(loop => Length(loop.Axes[0])), size);
                return new KernelConfig(device.Grid((extent * width + size - 1) / size, isGrouped: true).GridDim, new Index3D(width, size / width, 1));
            case Sharing.Columns when extent < EnoughColumns && nest.Root.Body.OfType<Reduction>().Max(r => r.Body.OfType<Loop>().Max(loop => Length(loop.Axes[0]))) >= WorthSharing:
                var columns = PowerOfTwo(extent, Math.Min(WidestOfColumns, size));
                return new KernelConfig(device.Grid((extent + columns - 1) / columns, isGrouped: true).GridDim, new Index3D(columns, size / columns, 1));
            default: return device.Grid(extent, isGrouped: false);
        }

        long Length(LoopAxis axis) => axis.Extent.IsSlot ? sizes[axis.Extent.Value] : axis.Extent.Value;
    }

    static IEnumerable<Loop> Inside(Loop root) => KernelMethod.Statements(root).OfType<Loop>().Skip(1);

    static bool IsVector(Loop loop) => loop.Kind == LoopKind.Vector && loop.Axes[0].Extent != Size.Of(1);

    // What threads may do some indices of each, in any order.
    static bool CanShare(Statement statement) => statement switch
    {
        Loop loop => KernelMethod.Statements(loop).All(s => s is not (Owned or Store { Mode: not StoreMode.Set })),
        Reduction reduction => reduction.Body.Any(s => s is Loop) && reduction.Body.All(s => s is Loop or Load or LoadIndex or Compute),
        _ => true,
    };

    // The smallest that is not less, if it is not more than the largest allowed.
    static int PowerOfTwo(long number, int most)
    {
        var power = 1;
        while (power < number && power < most) power *= 2;
        return power;
    }
}
