using System.Numerics.Tensors;

namespace DeepSym.Layers;

/// <summary>
/// Orthonormal vectors of a random orientation: normal draws made orthogonal by Gram and Schmidt's method, each twice, which leaves them orthogonal to
/// rounding. Every orientation is equally likely, because the diagonal of the triangular factor is positive.
/// </summary>
sealed record OrthogonalInitializer(double Gain) : Initializer
{
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random)
    {
        if (shape.Length < 2) throw new ArgumentException($"An orthogonal initializer needs weights of at least two axes, and the shape is [{string.Join(",", shape.ToArray())}].", nameof(shape));
        if (values.IsEmpty) return;
        var (rows, columns) = (shape[0], values.Length / shape[0]);
        var vectors = Orthonormal(Math.Min(rows, columns), Math.Max(rows, columns), random);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                values[row * columns + column] = Gain * (rows <= columns ? vectors[row][column] : vectors[column][row]);
    }

    static double[][] Orthonormal(int count, int length, RandomSource random)
    {
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors[i] = new double[length];
            do
            {
                foreach (ref var element in vector.AsSpan()) element = random.Normal();
                for (var round = 0; round < 2; round++)
                    for (var j = 0; j < i; j++)
                        TensorPrimitives.MultiplyAdd(vectors[j], -TensorPrimitives.Dot<double>(vectors[j], vector), vector, vector);
            }
            while (TensorPrimitives.Norm<double>(vector) < 1e-8);   // nearly a combination of the others: drawn again
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }
        return vectors;
    }
}
