namespace DeepSym.Backends.Cpu;

/// <summary>One spatial axis of a convolution: lengths of the input and of the filter, and how the filter walks over the input.</summary>
internal readonly record struct ConvolutionAxis(long Input, long Filter, long Stride = 1, long Dilation = 1, long PadLow = 0, long PadHigh = 0)
{
    /// <summary>An axis of length one, for convolutions of lower rank.</summary>
    public static ConvolutionAxis One { get; } = new(1, 1);

    /// <summary>Positions of the filter: floor((input + padding - dilation * (filter - 1) - 1) / stride) + 1, never below zero.</summary>
    public long Output
    {
        get
        {
            var room = Input + PadLow + PadHigh - Dilation * (Filter - 1) - 1;
            return room < 0 ? 0 : room / Stride + 1;
        }
    }

    /// <summary>What the first position reads through element <paramref name="tap"/> of the filter: the index in the input, negative in the padding.</summary>
    public long Offset(long tap, bool flip) => (flip ? Filter - 1 - tap : tap) * Dilation - PadLow;

    /// <summary>The positions q whose element, q * stride + <paramref name="offset"/>, lies in the input: the first, and how many.</summary>
    public (long First, long Count) Inside(long offset)
    {
        var first = Math.Min(Output, offset >= 0 ? 0 : (-offset + Stride - 1) / Stride);
        var last = offset >= Input ? 0 : (Input - 1 - offset) / Stride + 1;
        return (first, Math.Max(0, Math.Min(Output, last) - first));
    }

    /// <summary>From the first element that one position reads to the last, plus one.</summary>
    public long Span => (Filter - 1) * Dilation + 1;

    /// <summary>Whether the gradient of the input is a convolution by the filter back to front; see <see cref="Mirrored"/>.</summary>
    public bool CanMirror => Stride == 1 && Output > 0 && PadLow < Span && PadHigh < Span;

    /// <summary>From the output back to the input.</summary>
    public ConvolutionAxis Mirrored => this with { Input = Output, PadLow = Span - 1 - PadLow, PadHigh = Span - 1 - PadHigh };
}

/// <summary>
/// What a convolution reads and writes, all contiguous: input [images, channels, depth, height, width], filters
/// [filters, channels / groups, depth, height, width], output [images, filters, depth, height, width].
/// It is a cross-correlation, y[q] = Σ x[q * stride + r * dilation - padLow] w[r]; with <see cref="Flip"/> it reads w[last - r] instead.
/// </summary>
internal readonly record struct ConvolutionShape(long Images, long Channels, long Filters, ConvolutionAxis Height, ConvolutionAxis Width)
{
    public ConvolutionAxis Depth { get; init; } = ConvolutionAxis.One;
    public long Groups { get; init; } = 1;
    public bool Flip
    {
        get => _flip != 0;
        init => _flip = value ? 1 : 0;
    }

    readonly int _flip;   // devices take integers only

    /// <summary>Channels of the input that a group reads.</summary>
    public long GroupChannels => Channels / Groups;

    /// <summary>Filters of a group.</summary>
    public long GroupFilters => Filters / Groups;

    /// <summary>Elements of one channel of the input.</summary>
    public long InputSize => Depth.Input * Height.Input * Width.Input;

    /// <summary>Elements of one channel of a filter.</summary>
    public long FilterSize => Depth.Filter * Height.Filter * Width.Filter;

    /// <summary>Elements of one channel of the output.</summary>
    public long OutputSize => Depth.Output * Height.Output * Width.Output;

    /// <summary>Whether each filter reads one of many channels, and rows are long enough for vectors.</summary>
    public bool IsDepthwise => Groups > 1 && GroupChannels == 1 && GroupFilters <= 4 && Width.Output >= 4;

    /// <summary>The place of element <paramref name="tap"/> of a filter along each axis.</summary>
    public (long Depth, long Row, long Column) Tap(long tap) =>
        (tap / (Height.Filter * Width.Filter), tap / Width.Filter % Height.Filter, tap % Width.Filter);
}
