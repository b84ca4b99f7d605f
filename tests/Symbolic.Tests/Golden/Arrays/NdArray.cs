using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Arrays;

/// <summary>
/// An n-dimensional array of numbers as NumPy has it: the inputs and expected outputs of golden cases, and the <c>np.</c> parts of their texts.
/// Every element is kept as a double, which holds all integers that occur exactly.
/// </summary>
internal sealed class NdArray : IScalar
{
    public NdArray(ElementType type, int[] shape, double[] data)
    {
        if (Count(shape) != data.Length)
            throw new ArgumentException($"{data.Length} elements do not fill the shape ({string.Join(", ", shape)})");
        (Type, Shape, Data) = (type, shape, data);
    }

    public ElementType Type { get; }

    public int[] Shape { get; }

    public double[] Data { get; }

    public int Rank => Shape.Length;

    public double Value => Data.Length == 1 ? Data[0] : throw new PythonException($"an array of shape ({string.Join(", ", Shape)}) is not one number");

    public bool IsWhole => !Type.IsFloat;

    public static int Count(IEnumerable<int> shape) => shape.Aggregate(1, (n, d) => checked(n * d));

    public static NdArray Scalar(ElementType type, double value) => new(type, [], [type.Round(value)]);

    /// <summary>An array of a number, an array, or nested lists of them, as <c>np.array</c> reads it.</summary>
    public static NdArray From(object? value) => value switch
    {
        NdArray array => array,
        bool b => Scalar(ElementType.Bool, b ? 1 : 0),
        long n => Scalar(ElementType.Int64, n),
        double d => Scalar(ElementType.Float64, d),
        _ => Stack([.. Sequences.Items(value).Select(From)]),
    };

    public static NdArray Stack(NdArray[] rows)
    {
        if (rows.Length == 0)
            return new(ElementType.Float64, [0], []);
        if (rows.Any(r => !r.Shape.SequenceEqual(rows[0].Shape)))
            throw new PythonException("the rows of an array differ in shape");
        return new(rows.Select(r => r.Type).Aggregate(ElementTypes.Promote), [rows.Length, .. rows[0].Shape], [.. rows.SelectMany(r => r.Data)]);
    }

    public NdArray As(ElementType type) => type == Type ? this : new(type, Shape, Array.ConvertAll(Data, v => type.Round(v)));

    public NdArray Copy() => new(Type, Shape, [.. Data]);

    public NdArray Reshape(params int[] shape)
    {
        int known = -Count(shape);
        return new(Type, [.. shape.Select(d => d >= 0 ? d : Data.Length / known)], Data);
    }

    public NdArray Transpose()
    {
        int[] shape = [.. Shape.Reverse()], strides = [.. Strides(Shape).Reverse()];
        return Gather(shape, 0, strides);
    }

    public NdArray Map(ElementType type, Func<double, double> function) => new(type, Shape, Array.ConvertAll(Data, x => type.Round(function(x))));

    public static NdArray Zip(ElementType type, NdArray a, NdArray b, Func<double, double, double> function)
    {
        int[] shape = Broadcast(a.Shape, b.Shape);
        double[] x = a.BroadcastTo(shape).Data, y = b.BroadcastTo(shape).Data, z = new double[x.Length];
        for (int i = 0; i < z.Length; i++)
            z[i] = type.Round(function(x[i], y[i]));
        return new(type, shape, z);
    }

    /// <summary>Folds one axis, or all of them when the axis is null.</summary>
    public NdArray Reduce(ElementType type, int? axis, double start, Func<double, double, double> fold)
    {
        if (axis is not { } k)
            return new(type, [], [type.Round(Data.Aggregate(start, fold))]);
        k = k < 0 ? k + Rank : k;
        int inner = Count(Shape.Skip(k + 1)), length = Shape[k];
        var result = new double[Count(Shape) / Math.Max(1, length)];
        for (int i = 0; i < result.Length; i++)
        {
            int first = (i / inner * length * inner) + (i % inner);
            result[i] = type.Round(Enumerable.Range(0, length).Aggregate(start, (total, j) => fold(total, Data[first + (j * inner)])));
        }
        return new(type, [.. Shape.Where((_, d) => d != k)], result);
    }

    public NdArray Dot(NdArray other)
    {
        var (left, right) = (Rank == 1 ? Reshape(1, -1) : this, other.Rank == 1 ? other.Reshape(-1, 1) : other);
        int rows = left.Shape[0], inner = left.Shape[1], columns = right.Shape[1];
        var data = new double[rows * columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                for (int k = 0; k < inner; k++)
                    data[(i * columns) + j] += left.Data[(i * inner) + k] * right.Data[(k * columns) + j];
        return new(ElementTypes.Promote(Type, other.Type), [.. Shape.SkipLast(1), .. other.Shape.Skip(1)], data);
    }

    /// <summary>The flat positions that a basic index (integers, slices, <c>...</c>, <c>None</c>) picks, and the shape of what it picks.</summary>
    public (int[] Shape, int[] Positions) Locate(object? index)
    {
        var parts = (index is object?[] tuple ? tuple : [index]).ToList();
        int given = parts.Count(p => p is not (null or PythonEllipsis));
        int dots = parts.FindIndex(p => p is PythonEllipsis);
        var full = Enumerable.Repeat<object?>(new PythonSlice(null, null, null), Rank - given);
        parts = dots < 0 ? [.. parts, .. full] : [.. parts[..dots], .. full, .. parts[(dots + 1)..]];

        var (shape, strides, offset, axis) = (new List<int>(), new List<int>(), 0, 0);
        int[] own = Strides(Shape);
        foreach (var part in parts)
        {
            if (part is null)
            {
                shape.Add(1);
                strides.Add(0);
                continue;
            }
            if (part is PythonSlice slice)
            {
                var (start, count, step) = slice.Resolve(Shape[axis]);
                offset += start * own[axis];
                shape.Add(count);
                strides.Add(step * own[axis]);
            }
            else
            {
                long i = Numbers.Whole(part);
                i = i < 0 ? i + Shape[axis] : i;
                if (i < 0 || i >= Shape[axis])
                    throw new PythonException($"index {i} is outside axis {axis} of length {Shape[axis]}");
                offset += (int)i * own[axis];
            }
            axis++;
        }
        return ([.. shape], Positions([.. shape], offset, [.. strides]));
    }

    public NdArray BroadcastTo(int[] shape)
    {
        if (shape.SequenceEqual(Shape))
            return this;
        int[] own = Strides(Shape);
        int[] strides = [.. shape.Select((_, d) => d - (shape.Length - Rank) is var k && k >= 0 && Shape[k] > 1 ? own[k] : 0)];
        return Gather(shape, 0, strides);
    }

    public override string ToString() => $"{Type.NumpyName}({string.Join(", ", Shape)})";

    NdArray Gather(int[] shape, int offset, int[] strides) => new(Type, shape, Array.ConvertAll(Positions(shape, offset, strides), p => Data[p]));

    static int[] Positions(int[] shape, int offset, int[] strides)
    {
        var positions = new int[Count(shape)];
        for (int i = 0; i < positions.Length; i++)
        {
            int rest = i, position = offset;
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                position += rest % shape[d] * strides[d];
                rest /= shape[d];
            }
            positions[i] = position;
        }
        return positions;
    }

    static int[] Strides(int[] shape)
    {
        var strides = new int[shape.Length];
        for (int d = shape.Length - 1, step = 1; d >= 0; step *= shape[d--])
            strides[d] = step;
        return strides;
    }

    static int[] Broadcast(int[] a, int[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        int Length(int[] shape, int d) => d - (rank - shape.Length) is var k && k >= 0 ? shape[k] : 1;
        return [.. Enumerable.Range(0, rank).Select(d => (Length(a, d), Length(b, d)) switch
        {
            (1, var n) => n,
            (var n, 1) => n,
            (var n, var m) when n == m => n,
            _ => throw new PythonException($"shapes ({string.Join(", ", a)}) and ({string.Join(", ", b)}) do not broadcast"),
        })];
    }
}
