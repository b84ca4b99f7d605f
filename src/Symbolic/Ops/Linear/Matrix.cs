using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>A dense row-major matrix over borrowed memory: what the algorithms of linear algebra work on.</summary>
readonly ref struct Matrix(Span<double> values, int rows, int columns)
{
    public Span<double> Values { get; } = values;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public ref double this[int row, int column] => ref Values[row * Columns + column];

    public Span<double> Row(int row) => Values.Slice(row * Columns, Columns);

    /// <summary>Row <paramref name="row"/> from column <paramref name="start"/> on.</summary>
    public Span<double> Row(int row, int start) => Row(row)[start..];

    /// <summary>Adds <paramref name="factor"/> times one row to another, from column <paramref name="start"/> on.</summary>
    public void AddRow(int from, double factor, int to, int start = 0) =>
        TensorPrimitives.MultiplyAdd(Row(from, start), factor, Row(to, start), Row(to, start));

    public void SwapRows(int first, int second)
    {
        var x = Row(first);
        var y = Row(second);
        for (var i = 0; i < x.Length; i++) (x[i], y[i]) = (y[i], x[i]);
    }

    public void CopyTransposedTo(Matrix target)
    {
        for (var i = 0; i < Rows; i++)
            for (var j = 0; j < Columns; j++) target[j, i] = this[i, j];
    }

    public void SetIdentity()
    {
        Values.Clear();
        for (var i = 0; i < Math.Min(Rows, Columns); i++) this[i, i] = 1;
    }
}
