namespace DeepSym;

/// <summary>What is put around a tensor that is padded. (NumPy's and PyTensor's modes.)</summary>
public enum PadMode
{
    /// <summary>A given value, 0 by default.</summary>
    Constant,

    /// <summary>The element at the edge: <c>aa|abc|cc</c>.</summary>
    Edge,

    /// <summary>Mirrored at the edge element: <c>cb|abc|ba</c>.</summary>
    Reflect,

    /// <summary>Mirrored behind the edge element: <c>ba|abc|cb</c>.</summary>
    Symmetric,

    /// <summary>From the other end: <c>bc|abc|ab</c>.</summary>
    Wrap,

    /// <summary>From the edge element straight to the given value, which the outermost element has.</summary>
    LinearRamp,

    /// <summary>The largest along the axis.</summary>
    Maximum,

    /// <summary>The smallest along the axis.</summary>
    Minimum,

    /// <summary>The mean along the axis.</summary>
    Mean,
}

public static partial class T
{
    /// <summary>
    /// x surrounded, axis after axis, by <c>(before, after)</c> elements that <paramref name="mode"/> names; <paramref name="value"/> is a scalar for the modes that
    /// have one.
    /// </summary>
    /// <exception cref="ShapeException">There is not one pair of widths for each axis.</exception>
    public static Expr Pad(Expr x, ReadOnlySpan<(Dim Before, Dim After)> widths, PadMode mode, Expr? value = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (widths.Length != x.Rank) throw new ShapeException($"pad({x.Describe()}) needs a pair of widths for each of {x.Rank} axes, and got {widths.Length}.");
        value = Cast(value ?? 0, x.DType);
        if (mode == PadMode.Constant)
            return value is Constant { Value: var literal } && literal.ToScalar<double>() == 0 ? Pad(x, widths) : Switch(Pad(Broadcasting.To(true, x.Shape), widths), Pad(x, widths), value);
        for (var axis = 0; axis < x.Rank; axis++)
            if (widths[axis] != (Dim.Zero, Dim.Zero)) x = Padded(x, axis, widths[axis].Before, widths[axis].After, mode, value);
        return x;
    }

    static Expr Padded(Expr x, int axis, Dim before, Dim after, PadMode mode, Expr value)
    {
        var size = Size(x.Shape[axis]);
        var index = Arange(Size(x.Shape[axis] + before + after)) - Size(before);
        return mode switch
        {
            PadMode.Edge => Take(x, index, axis, IndexMode.Clip),
            PadMode.Wrap => Take(x, index, axis, IndexMode.Wrap),
            PadMode.Reflect => Take(x, Mirrored(index, Maximum(2 * size - 2, 1), 0), axis),
            PadMode.Symmetric => Take(x, Mirrored(index, 2 * size, 1), axis),
            PadMode.LinearRamp => Concatenate([Ramp(Part(x, axis, 0, 1), before, isRising: true), x, Ramp(Part(x, axis, x.Shape[axis] - 1, 1), after, isRising: false)], axis),
            _ => Concatenate([Repeated(before), x, Repeated(after)], axis),
        };

        Expr Repeated(Dim width)
        {
            var single = mode switch
            {
                PadMode.Maximum => Max(x, [axis], keepDims: true),
                PadMode.Minimum => Min(x, [axis], keepDims: true),
                _ => Cast(Mean(x, [axis], keepDims: true), x.DType),
            };
            return Broadcasting.To(single, x.Shape.With(axis, width));
        }

        // From the value, at the outer end, to the edge element, which is not repeated.
        Expr Ramp(Expr edge, Dim width, bool isRising)
        {
            var real = Promotion.ToFloating(x.DType);
            var step = new Iota(edge.Shape.With(axis, width), axis).On();
            var share = Cast(isRising ? step : Size(width) - 1 - step, real) / Cast(Size(Dim.Max(width, 1)), real);
            return Cast(value + (edge - value) * share, x.DType);
        }
    }

    // Back and forth with the period; the last index is visited twice when gap is 1.
    static Expr Mirrored(Expr index, Expr period, int gap)
    {
        var inside = Mod(index, period);
        return Minimum(inside, period - gap - inside);
    }
}
