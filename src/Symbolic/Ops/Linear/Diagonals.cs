using System.Collections.Immutable;

namespace DeepSym;

/// <summary>The elements of x where <c>index[Second] = index[First] + Offset</c>, along a new last axis; the two axes are gone.</summary>
public sealed record Diagonal(int Offset, int First, int Second) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "diagonal";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var shape = inputs[0].Shape;
        var length = Dim.Max(0, Dim.Min(shape[First] - Start(First), shape[Second] - Start(Second)));
        return inputs[0].Type with { Shape = Shape.Of(shape.Where((_, axis) => axis != First && axis != Second).Append(length)) };
    }

    // The index along one of the two axes at which the diagonal begins.
    int Start(int axis) => Math.Max(0, axis == First ? -Offset : Offset);

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output)
    {
        var next = 0;
        return [.. Enumerable.Range(0, input.Rank).Select(axis => axis == First || axis == Second
            ? new AxisForm(Start(axis), [new AxisTerm(output.Rank - 1, 1)])
            : AxisForm.Of(next++))];
    }

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent)
    {
        int[] order = [.. Enumerable.Range(0, input.Rank).Where(axis => axis != First && axis != Second), First, Second];
        return T.Transpose(Placed(cotangent, Offset, input.Shape[First], input.Shape[Second]), new Transpose([.. order]).Inverse.AsSpan());
    }

    /// <summary>Matrices of zeros with the last axis of x on a diagonal.</summary>
    internal static Expr Placed(Expr x, int offset, Dim rows, Dim columns)
    {
        var last = x.Rank - 1;
        var before = Dim.Max(0, -offset);
        var column = T.Pad(x, [.. Enumerable.Range(0, last).Select(_ => (Dim.Zero, Dim.Zero)), (before, rows - before - x.Shape[last])]);
        var core = Shape.Create([rows, columns]);
        var isOn = T.Eq(new Iota(core, 0).On() + offset, new Iota(core, 1).On());
        return T.Switch(isOn, T.ExpandDims(column, -1), 0);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4, 2]).SelectMany(x => new[] { new Diagonal(0, 0, 1).On(x), new Diagonal(1, 2, 0).On(x), new Diagonal(-2, 0, 1).On(x) });

    /// <inheritdoc/>
    protected override string Text => $"diagonal{Offset:+0;-0;''}@{First},{Second}";
}

public static partial class T
{
    /// <summary>The elements on diagonal <paramref name="offset"/> of the matrices that two axes span, along a new last axis. (Theano: <c>extract_diag</c>.) A view: nothing is copied.</summary>
    public static Expr Diagonal(Expr x, int offset = 0, int axis1 = 0, int axis2 = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw new ShapeException($"diagonal({x.Describe()}): two axes are needed.");
        var (first, second) = (x.Axis(axis1, "diagonal"), x.Axis(axis2, "diagonal"));
        return first != second ? new Diagonal(offset, first, second).On(x) : throw new ShapeException($"diagonal({x.Describe()}): axis {first} is named twice.");
    }

    /// <summary>Square matrices with the last axis of x on diagonal <paramref name="offset"/> and zeros elsewhere. (Theano: <c>alloc_diag</c>.)</summary>
    public static Expr AllocDiag(Expr x, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0) throw new ShapeException($"alloc_diag({x.Describe()}): an axis is needed.");
        var size = x.Shape[x.Rank - 1] + Math.Abs(offset);
        return DeepSym.Diagonal.Placed(x, offset, size, size);
    }

    /// <summary>NumPy's <c>diag</c>: of a vector the matrix with it on diagonal <paramref name="offset"/>, of a matrix that diagonal.</summary>
    public static Expr Diag(Expr x, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Rank switch
        {
            1 => AllocDiag(x, offset),
            2 => Diagonal(x, offset),
            _ => throw new ShapeException($"diag({x.Describe()}): a vector or a matrix is needed; use T.Diagonal or T.AllocDiag for stacks."),
        };
    }

    /// <summary>The sum of the diagonal of each matrix: the last two axes.</summary>
    public static Expr Trace(Expr x, int offset = 0) => Sum(Diagonal(x, offset, -2, -1), -1);
}
