using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Arrays;

/// <summary><c>np.mgrid[0:n, 0:m]</c>: the coordinates of every point of a grid, one array for each axis.</summary>
internal sealed class MeshGrid : IIndexed
{
    public object this[object? index]
    {
        get
        {
            var ranges = Sequences.Items(index).Select(s => (PythonSlice)s!).Select(s => (From: Numbers.Whole(s.Start ?? 0L), To: Numbers.Whole(s.Stop))).ToArray();
            int[] shape = [.. ranges.Select(r => (int)(r.To - r.From))];
            return shape.Select((_, axis) =>
            {
                int inner = NdArray.Count(shape.Skip(axis + 1));
                double[] data = [.. Enumerable.Range(0, NdArray.Count(shape)).Select(i => (double)(ranges[axis].From + (i / inner % shape[axis])))];
                return (object?)new NdArray(ElementType.Int64, shape, data);
            }).ToArray();
        }
    }
}
