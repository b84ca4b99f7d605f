using System.Collections.Immutable;
using System.Numerics;

namespace DeepSym;

/// <summary>
/// Products summed over pairs of axes: dot, matmul, batched matmul, tensordot and einsum of two operands are all this.
/// Axes: those of <paramref name="Batch"/> are paired and kept, those of <paramref name="Sum"/> are paired and summed; the result has the
/// batch axes, then the other axes of the left, then those of the right.
/// </summary>
public sealed record Contract(EquatableArray<AxisPair> Batch, EquatableArray<AxisPair> Sum) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "contract";

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Multilinear;

    /// <summary>The axes of the left that are neither batch nor summed.</summary>
    public ImmutableArray<int> FreeLeft(int rank) => [.. Enumerable.Range(0, rank).Where(a => !Batch.Any(p => p.Left == a) && !Sum.Any(p => p.Left == a))];

    /// <summary>The axes of the right that are neither batch nor summed.</summary>
    public ImmutableArray<int> FreeRight(int rank) => [.. Enumerable.Range(0, rank).Where(a => !Batch.Any(p => p.Right == a) && !Sum.Any(p => p.Right == a))];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var (x, y) = (inputs[0], inputs[1]);
        if (x.DType != y.DType) throw new DTypeException($"contract({x.Describe()}, {y.Describe()}): the dtypes must agree.");
        foreach (var (left, right) in Sum)
            guards.Equal(x.Shape[left], y.Shape[right], () => $"dot({x.Describe()}, {y.Describe()}): axis {left} of the left ({x.Shape[left]}) must equal axis {right} of the right ({y.Shape[right]}).");
        var dims = new List<Dim>();
        foreach (var (left, right) in Batch)
            dims.Add(guards.Equal(x.Shape[left], y.Shape[right], () => $"dot({x.Describe()}, {y.Describe()}): batch axis {left} of the left ({x.Shape[left]}) must equal axis {right} of the right ({y.Shape[right]})."));
        dims.AddRange(FreeLeft(x.Rank).Select(a => x.Shape[a]));
        dims.AddRange(FreeRight(y.Rank).Select(a => y.Shape[a]));
        return new TensorType(x.DType, Shape.Of(dims));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var (x, y) = (inputs[0], inputs[1]);
        var (freeX, freeY) = (FreeLeft(x.Rank), FreeRight(y.Rank));
        var batch = Batch.Count;
        // The product with the cotangent has the batch axes, then the free axes of its left side, then those of its right: the operand's own axes, put in order.
        return [wanted[0] ? OfLeft() : null, wanted[1] ? OfRight() : null];

        Expr OfLeft()
        {
            var product = new Contract(Batch.Select((p, i) => new AxisPair(i, p.Right)).ToEquatable(), freeY.Select((a, i) => new AxisPair(batch + freeX.Length + i, a)).ToEquatable()).On(cotangent, y);
            return InOrder(product, [.. Batch.Select(p => p.Left), .. freeX, .. Sum.OrderBy(p => p.Right).Select(p => p.Left)]);
        }

        Expr OfRight()
        {
            var product = new Contract(Batch.Select((p, i) => new AxisPair(p.Left, i)).ToEquatable(), freeX.Select((a, i) => new AxisPair(a, batch + i)).ToEquatable()).On(x, cotangent);
            return InOrder(product, [.. Batch.Select(p => p.Right), .. Sum.OrderBy(p => p.Left).Select(p => p.Right), .. freeY]);
        }

        static Expr InOrder(Expr product, int[] axes) => T.Transpose(product, [.. Enumerable.Range(0, axes.Length).Select(a => Array.IndexOf(axes, a))]);
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        switch (output.DType)
        {
            case DType.Float32: Products<float, double>(inputs[0], inputs[1], output); break;
            case DType.Float64: Products<double, double>(inputs[0], inputs[1], output); break;
            case DType.Int32: Products<int, int>(inputs[0], inputs[1], output); break;
            case DType.Int64: Products<long, long>(inputs[0], inputs[1], output); break;
            default: Products<byte, byte>(inputs[0], inputs[1], output); break;
        }
    }

    // Truth values: products are "and", and a positive sum is "or".
    void Products<TElement, TSum>(Tensor x, Tensor y, Tensor output) where TElement : unmanaged, INumber<TElement> where TSum : unmanaged, INumber<TSum>
    {
        var (freeX, freeY) = (FreeLeft(x.Rank), FreeRight(y.Rank));
        int[] sizes = [.. Batch.Select(p => x.Shape[p.Left]), .. freeX.Select(a => x.Shape[a]), .. freeY.Select(a => y.Shape[a]), .. Sum.Select(p => x.Shape[p.Left])];
        var outer = Batch.Count + freeX.Length + freeY.Length;
        var (strideX, strideY) = (new long[sizes.Length], new long[sizes.Length]);
        var (ownX, ownY) = (x.Strides(), y.Strides());
        for (var i = 0; i < Batch.Count; i++) (strideX[i], strideY[i]) = (ownX[Batch[i].Left], ownY[Batch[i].Right]);
        for (var i = 0; i < freeX.Length; i++) strideX[Batch.Count + i] = ownX[freeX[i]];
        for (var i = 0; i < freeY.Length; i++) strideY[Batch.Count + freeX.Length + i] = ownY[freeY[i]];
        for (var i = 0; i < Sum.Count; i++) (strideX[outer + i], strideY[outer + i]) = (ownX[Sum[i].Left], ownY[Sum[i].Right]);

        var a = x.AsRaw<TElement>();
        var b = y.AsRaw<TElement>();
        var c = output.AsRaw<TElement>();
        long inner = 1;
        for (var i = outer; i < sizes.Length; i++) inner *= sizes[i];
        for (var o = 0L; o < output.Length; o++)
        {
            var (offsetX, offsetY) = Offset(o, 0, outer);
            var sum = TSum.Zero;
            for (var k = 0L; k < inner; k++)
            {
                var (kx, ky) = Offset(k, outer, sizes.Length);
                var product = TSum.CreateTruncating(a[(int)(offsetX + kx)]) * TSum.CreateTruncating(b[(int)(offsetY + ky)]);
                sum = typeof(TElement) == typeof(byte) ? TSum.Max(sum, product) : sum + product;
            }
            c[(int)o] = TElement.CreateTruncating(sum);
        }

        (long, long) Offset(long index, int from, int to)
        {
            var (p, q) = (0L, 0L);
            for (var i = to - 1; i >= from; i--)
            {
                p += index % sizes[i] * strideX[i];
                q += index % sizes[i] * strideY[i];
                index /= sizes[i];
            }
            return (p, q);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples =>
        Sample.Of([2, 3, 4]).Zip(Sample.Of([4, 2, 5])).SelectMany(p => new[]
        {
            new Contract([], [new(2, 0)]).On(p.First, p.Second),
            new Contract([new(0, 1)], [new(2, 0)]).On(p.First, p.Second),
            new Contract([], [new(2, 0), new(0, 1)]).On(p.First, p.Second),
        });

    /// <inheritdoc/>
    protected override string Text => Batch.Count == 0 ? $"dot[{string.Join(" ", Sum)}]" : $"dot[{string.Join(" ", Sum)}; batch {string.Join(" ", Batch)}]";
}

/// <summary>An axis of the left operand and the axis of the right that goes with it.</summary>
public sealed record AxisPair(int Left, int Right)
{
    /// <summary>For example <c>1·0</c>.</summary>
    public override string ToString() => $"{Left}·{Right}";
}
