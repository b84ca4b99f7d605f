using System.Collections.Immutable;
using System.Numerics;

namespace DeepSym;

/// <summary>
/// The linear recurrence <c>z[k] = a[k]·z[k-1] + b[k]</c> along <paramref name="Axis"/> with <c>z[-1] = 0</c>, from the end when
/// <paramref name="IsReversed"/>; the inputs are b and a, or b alone for <c>a = 1</c>. Cumulative sums and products are this; float32 is carried as float64.
/// </summary>
public sealed record Recurrence(int Axis, bool IsReversed = false) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "recurrence";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var b = inputs[0];
        foreach (var a in inputs[1..])
        {
            if (a.DType != b.DType || a.Rank != b.Rank) throw new ShapeException($"recurrence({b.Describe()}, {a.Describe()}): both must have one type.");
            for (var axis = 0; axis < a.Rank; axis++)
                guards.Equal(b.Shape[axis], a.Shape[axis], () => $"recurrence({b.Describe()}, {a.Describe()}): axis {axis} must agree.");
        }
        return b.Type;
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (inputs.Length == 1) return tangents[0] is { } tangent ? On(tangent) : null;
        var byFactor = tangents[1] is { } factor ? factor * Moved(output, IsReversed ? -1 : 1) : null;
        var source = tangents[0] is { } term ? (byFactor is null ? term : term + byFactor) : byFactor;
        return source is null ? null : On(source, inputs[1]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var back = new Recurrence(Axis, !IsReversed);
        if (inputs.Length == 1) return [back.On(cotangent)];
        var own = back.On(cotangent, Moved(inputs[1], IsReversed ? 1 : -1));   // w[k] = c[k] + a[k+1]·w[k+1]
        return [wanted[0] ? own : null, wanted[1] ? own * Moved(output, IsReversed ? -1 : 1) : null];
    }

    // x[k - by] at k, with zero where there is none.
    Expr Moved(Expr x, int by)
    {
        var kept = Dim.Max(x.Shape[Axis] - 1, 0);
        var part = T.Part(x, Axis, by > 0 ? 0 : x.Shape[Axis] - kept, kept);
        var starts = x.Shape.Select((_, axis) => axis == Axis && by > 0 ? Dim.One : Dim.Zero).ToEquatable();
        return new Pad(starts, starts.Select(_ => 1).ToEquatable(), x.Shape).On(part);
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        switch (output.DType)
        {
            case DType.Float32: Run<float, double>(inputs, output); break;
            case DType.Float64: Run<double, double>(inputs, output); break;
            default:
                var wide = Tensor.Zeros<long>(output.Shape);
                Run<long, long>([.. inputs.ToArray().Select(input => input.To(DType.Int64))], wide);
                wide.To(output.DType).CopyTo(output);
                break;
        }
    }

    void Run<TElement, TCarry>(ReadOnlySpan<Tensor> inputs, Tensor output)
        where TElement : unmanaged, INumber<TElement>
        where TCarry : INumber<TCarry>
    {
        var (outer, count, inner) = ArgReduce.Split(output.Shape, Axis);
        var b = inputs[0].AsRaw<TElement>();
        var a = inputs.Length > 1 ? inputs[1].AsRaw<TElement>() : default;
        var z = output.AsRaw<TElement>();
        var step = IsReversed ? -inner : inner;
        for (var o = 0; o < outer; o++)
            for (var i = 0; i < inner; i++)
            {
                var place = o * count * inner + i + (IsReversed ? (count - 1) * inner : 0);
                var carry = TCarry.Zero;
                for (var k = 0; k < count; k++, place += step)
                {
                    var term = TCarry.CreateTruncating(b[place]);
                    carry = k == 0 ? term : a.IsEmpty ? carry + term : TCarry.CreateTruncating(a[place]) * carry + term;
                    z[place] = TElement.CreateTruncating(carry);
                }
            }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4]).SelectMany(x => new[]
    {
        new Recurrence(1).On(x), new Recurrence(0, IsReversed: true).On(x), new Recurrence(1).On(x, T.Sin(x)), new Recurrence(0, IsReversed: true).On(x, T.Sin(x)),
    });

    /// <inheritdoc/>
    protected override string Text => $"recurrence[{Axis}]{(IsReversed ? " reversed" : "")}";
}

public static partial class T
{
    /// <summary>The sums <c>y[k] = Σ x[j], j ≤ k</c> along an axis, of the flattened x when none is given; the dtype stays, truth values are counted as int64.</summary>
    public static Expr CumSum(Expr x, int? axis = null)
    {
        var (from, own) = AlongOne("cumsum", x, axis);
        return new Recurrence(own).On(from);
    }

    /// <summary>
    /// The products <c>y[k] = Π x[j], j ≤ k</c> along an axis, of the flattened x when none is given; the dtype stays. The gradient is right with any number of zeros.
    /// </summary>
    public static Expr CumProd(Expr x, int? axis = null)
    {
        var (from, own) = AlongOne("cumprod", x, axis);
        var first = Part(from, own, 0, Dim.Min(from.Shape[own], 1));
        var zeros = from.Shape.Select(_ => Dim.Zero).ToEquatable();
        return new Recurrence(own).On(new Pad(zeros, zeros.Select(_ => 1).ToEquatable(), from.Shape).On(first), from);
    }

    // x and the axis counted from the start, or the flattened x and 0; truth values become int64.
    static (Expr X, int Axis) AlongOne(string what, Expr x, int? axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        var from = AsInteger(axis is null ? Flatten(x) : x);
        return (from, axis is { } a ? x.Axis(a, what) : 0);
    }
}
