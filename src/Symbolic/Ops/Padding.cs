using System.Globalization;

namespace DeepSym;

/// <summary>
/// How many elements are put around each spatial axis before windows slide over it: zeros for convolutions and sums, nothing that counts for maxima.
/// Widths may be fixed or follow from the sizes of the window and of the axis.
/// </summary>
public sealed record Padding
{
    enum Rule { Widths, Half, Full, Same }

    readonly Rule _rule;
    readonly EquatableArray<(int Before, int After)> _widths;   // one for each axis, or one for all; none unless the rule is Widths

    Padding(Rule rule, EquatableArray<(int, int)> widths = default) => (_rule, _widths) = (rule, widths);

    /// <summary>None: every window lies inside. The default everywhere.</summary>
    public static Padding Valid { get; } = Of(0);

    /// <summary>Half of the (dilated) window on both sides, <c>k // 2</c>: with odd windows and stride 1 the size stays.</summary>
    public static Padding Half { get; } = new(Rule.Half);

    /// <summary>All but one of the (dilated) window on both sides, <c>k - 1</c>: every overlap counts.</summary>
    public static Padding Full { get; } = new(Rule.Full);

    /// <summary>As little as gives <c>⌈n / stride⌉</c> windows, the odd one at the end. (Keras and TensorFlow: <c>same</c>.)</summary>
    public static Padding Same { get; } = new(Rule.Same);

    /// <summary>The same width on both sides of every axis.</summary>
    public static implicit operator Padding(int width) => Of(width);

    /// <summary>A width for each axis, the same on both sides; a single one is for all axes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A width is negative.</exception>
    public static Padding Of(params ReadOnlySpan<int> widths) => Of([.. widths.ToArray().Select(w => (w, w))]);

    /// <summary>Widths before and after, for each axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A width is negative.</exception>
    public static Padding Of(params ReadOnlySpan<(int Before, int After)> widths)
    {
        foreach (var (before, after) in widths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(before, nameof(widths));
            ArgumentOutOfRangeException.ThrowIfNegative(after, nameof(widths));
        }
        return new Padding(Rule.Widths, EquatableArray.Create(widths));
    }

    /// <summary>The padding that <see cref="ToString"/> wrote: <c>half</c>, <c>full</c>, <c>same</c>, or widths such as <c>1,2</c> and <c>0:1,0:1</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Padding Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (new[] { Half, Full, Same }.FirstOrDefault(rule => rule.ToString() == text) is { } named) return named;
        var widths = text.Split(',').Select(width => width.Split(':')).Select(sides => sides.Length is 1 or 2 && sides.All(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var w) && w >= 0)
            ? (int.Parse(sides[0], CultureInfo.InvariantCulture), int.Parse(sides[^1], CultureInfo.InvariantCulture))
            : throw new FormatException($"'{text}' is no padding: write half, full, same or widths such as 1,2 or 0:1,0:1."));
        return Of([.. widths]);
    }

    /// <summary>Whether every width is fixed at 0.</summary>
    internal bool IsNone => _rule == Rule.Widths && _widths.All(w => w is (0, 0));

    /// <summary>The widths on both sides of an axis of a size, for windows that cover <paramref name="extent"/> elements and step by <paramref name="stride"/>.</summary>
    internal (Dim Before, Dim After) Along(int axis, Dim size, Dim extent, int stride)
    {
        switch (_rule)
        {
            case Rule.Half: return (extent / 2, extent / 2);
            case Rule.Full: return (extent - 1, extent - 1);
            case Rule.Same:
                var total = Dim.Max(((size + (stride - 1)) / stride - 1) * stride + extent - size, 0);
                return (total / 2, total - total / 2);
            default: return _widths[_widths.Count == 1 ? 0 : axis];
        }
    }

    /// <summary>Checks that the widths are for <paramref name="axes"/> axes; <paramref name="what"/> names the op.</summary>
    internal Padding For(int axes, string what) => _rule != Rule.Widths || _widths.Count == 1 || _widths.Count == axes
        ? this
        : throw new ShapeException($"{what} has {axes} spatial axes, and padding is given for {_widths.Count}.");

    /// <summary>The rule, or the widths.</summary>
    public override string ToString() => _rule != Rule.Widths ? _rule.ToString().ToLowerInvariant()
        : string.Join(",", _widths.Select(w => w.Before == w.After ? $"{w.Before}" : $"{w.Before}:{w.After}"));
}
