namespace DeepSym.Backends.Cpu;

/// <summary>
/// One axis of a correlation target[start + q * step] = Σ_i source[q * stride + offset(i)] w[tap(i)], where the taps that take part
/// and the offsets they read at are arithmetic progressions. Forward convolution is one of these; so is each residue of a data gradient.
/// </summary>
internal struct CorrelationAxis
{
    /// <summary>The length of the source; outside of it lie zeros.</summary>
    public long Source;

    /// <summary>The length of the target, and which of its elements are computed: Start + q * Step for q below Count.</summary>
    public long Target, Start, Step, Count;

    /// <summary>From one q to the next in the source.</summary>
    public long Stride;

    /// <summary>How many taps take part; tap i is element FirstTap + i * TapStep of the filter and reads at FirstOffset + i * OffsetStep.</summary>
    public long Taps, FirstTap, TapStep, FirstOffset, OffsetStep;

    /// <summary>The length of the filter.</summary>
    public long Filter;

    /// <summary>The least offset.</summary>
    public readonly long MinimumOffset => Math.Min(FirstOffset, FirstOffset + (Taps - 1) * OffsetStep);

    /// <summary>The distance from the least offset to the greatest, plus one.</summary>
    public readonly long Span => Taps == 0 ? 1 : (Taps - 1) * Math.Abs(OffsetStep) + 1;

    /// <summary>Whether every tap takes part, in the order of memory.</summary>
    public readonly bool AllTaps => Taps == Filter && (TapStep == 1 || Taps == 1);

    /// <summary>Whether every element of the target is computed.</summary>
    public readonly bool AllTargets => Count == Target;

    /// <summary>The convolution itself: q * stride + r * dilation - padLow.</summary>
    public static CorrelationAxis Forward(ConvolutionAxis axis, bool flip) => new()
    {
        Source = axis.Input, Target = axis.Output, Start = 0, Step = 1, Count = axis.Output, Stride = axis.Stride,
        Filter = axis.Filter, Taps = axis.Filter, FirstTap = 0, TapStep = 1,
        FirstOffset = flip ? (axis.Filter - 1) * axis.Dilation - axis.PadLow : -axis.PadLow,
        OffsetStep = flip ? -axis.Dilation : axis.Dilation,
    };

    /// <summary>
    /// The gradient of the inputs at <paramref name="residue"/> modulo the stride: input h = residue + q * stride receives from
    /// output (h + padLow - r * dilation) / stride for the taps r that make it whole.
    /// </summary>
    public static CorrelationAxis Backward(ConvolutionAxis axis, bool flip, long residue)
    {
        long first = 0, period = 1;
        while (period * axis.Dilation % axis.Stride != 0)
            period++;
        while (first < period && (residue + axis.PadLow - first * axis.Dilation) % axis.Stride != 0)
            first++;
        var taps = first == period || first >= axis.Filter ? 0 : (axis.Filter - 1 - first) / period + 1;
        var last = first + (taps - 1) * period;
        return new CorrelationAxis
        {
            Source = axis.Output, Target = axis.Input, Start = residue, Step = axis.Stride,
            Count = residue < axis.Input ? (axis.Input - 1 - residue) / axis.Stride + 1 : 0, Stride = 1,
            Filter = axis.Filter, Taps = taps,
            FirstTap = flip ? axis.Filter - 1 - last : first, TapStep = period,
            FirstOffset = (residue + axis.PadLow - (flip ? last : first) * axis.Dilation) / axis.Stride,
            OffsetStep = (flip ? period : -period) * axis.Dilation / axis.Stride,
        };
    }
}
