using System.Collections.Immutable;
using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace DeepSym;

/// <summary>How the transforms of Fourier and their inverses are scaled.</summary>
public enum FftNorm
{
    /// <summary>The inverse is divided by the number of elements.</summary>
    Backward,

    /// <summary>Both are divided by the root of the number of elements, which makes them keep lengths.</summary>
    Orthonormal,

    /// <summary>None is divided: one after the other multiplies by the number of elements.</summary>
    None,
}

/// <summary>
/// The discrete transform of Fourier along the last axis but one, <c>y[k] = Σ x[j]·exp(∓2πi·jk/n)</c>, of complex numbers that are pairs along the last axis;
/// the sign is minus, or plus for the inverse, which is not scaled.
/// </summary>
public sealed record Fourier(bool IsInverse) : LibraryOp
{
    [ThreadStatic]
    static Complex[]? t_line;

    /// <inheritdoc/>
    public override string Name => IsInverse ? "inverse_fourier" : "fourier";

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Joint;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        if (!x.DType.IsFloating()) throw new DTypeException($"{Name}({x.Describe()}): the elements must be floating. Convert them with T.Cast.");
        if (x.Rank < 2) throw new ShapeException($"{Name}({x.Describe()}): two axes are needed, the last of them for real and imaginary parts.");
        guards.Equal(x.Shape[x.Rank - 1], 2, () => $"{Name}({x.Describe()}): the last axis must have size 2, for real and imaginary parts.");
        return x.Type;
    }

    // The matrix is symmetric; as a real map of pairs, its transpose is the conjugate.
    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => [new Fourier(!IsInverse).On(cotangent)];

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (output.Length == 0) return;
        if (output.DType == DType.Float32) Lines<float>(inputs[0].AsSpan<float>(), output.AsSpan<float>(), output.Shape[^2]);
        else Lines<double>(inputs[0].AsSpan<double>(), output.AsSpan<double>(), output.Shape[^2]);
    }

    void Lines<TElement>(ReadOnlySpan<TElement> from, Span<TElement> to, int n) where TElement : INumber<TElement>
    {
        var line = t_line is { } last && last.Length == n ? last : t_line = new Complex[n];
        for (; from.Length > 0; from = from[(2 * n)..], to = to[(2 * n)..])
        {
            for (var i = 0; i < n; i++) line[i] = new Complex(double.CreateTruncating(from[2 * i]), double.CreateTruncating(from[2 * i + 1]));
            if (IsInverse) MathNet.Numerics.IntegralTransforms.Fourier.Inverse(line, FourierOptions.NoScaling);
            else MathNet.Numerics.IntegralTransforms.Fourier.Forward(line, FourierOptions.NoScaling);
            for (var i = 0; i < n; i++) (to[2 * i], to[2 * i + 1]) = (TElement.CreateTruncating(line[i].Real), TElement.CreateTruncating(line[i].Imaginary));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 5, 2]).Concat(Sample.Of([4, 2])).Select(x => On(x));
}

public static partial class T
{
    /// <summary>Transforms of Fourier. Complex numbers are pairs of real and imaginary part along a last axis of size 2.</summary>
    public static class Fft
    {
        /// <summary>The transform of complex numbers over the last <paramref name="count"/> axes (before that of the pairs).</summary>
        public static Expr Forward(Expr x, int count = 1, FftNorm norm = FftNorm.Backward) => Over(x, count, count, isInverse: false, norm);

        /// <summary>The inverse of <see cref="Forward"/>.</summary>
        public static Expr Inverse(Expr x, int count = 1, FftNorm norm = FftNorm.Backward) => Over(x, count, count, isInverse: true, norm);

        /// <summary>
        /// The transform of real numbers over the last <paramref name="count"/> axes: of the last only the <c>n/2 + 1</c> frequencies that determine the
        /// others. (Theano's <c>fft.rfft</c> is over all axes but the first.)
        /// </summary>
        public static Expr Rfft(Expr x, int count = 1, FftNorm norm = FftNorm.Backward)
        {
            ArgumentNullException.ThrowIfNull(x);
            var real = Cast(x, Promotion.ToFloating(x.DType));
            if (x.Rank == 0) throw new ShapeException($"rfft({x.Describe()}): an axis is needed.");
            var all = Forward(Stack([real, ZerosLike(real)], -1), count, norm);
            return all[Ellipsis, Range(0, Size(x.Shape[x.Rank - 1] / 2 + 1)), Range(null, null)];
        }

        /// <summary>
        /// The real numbers whose transform <see cref="Rfft"/> is x. Their last axis has <c>2·(m - 1)</c> elements where x has m, or one more with
        /// <paramref name="isOdd"/>. Parts of x that no real numbers have (imaginary ones at the ends) are ignored.
        /// </summary>
        public static Expr Irfft(Expr x, int count = 1, FftNorm norm = FftNorm.Backward, bool isOdd = false)
        {
            ArgumentNullException.ThrowIfNull(x);
            x = Over(x, count, count - 1, isInverse: true, norm);
            // The frequencies beyond the middle are conjugates of those before it.
            var mirrored = x[Ellipsis, Range(isOdd ? -1 : -2, 0, -1), Range(null, null)] * Constant(Tensor.From<double>([1, -1]).To(x.DType));
            return Inverse(Concatenate([x, mirrored], -2), 1, norm)[Ellipsis, 0];
        }

        // Along the first some of the last count axes.
        static Expr Over(Expr x, int count, int some, bool isInverse, FftNorm norm)
        {
            ArgumentNullException.ThrowIfNull(x);
            if (count < 1 || count > x.Rank - 1) throw new ShapeException($"fft({x.Describe()}) over {count} axes: it must have at least as many before the last, which is for real and imaginary parts.");
            var y = Cast(x, Promotion.ToFloating(x.DType));
            var (op, length) = (new Fourier(isInverse), Dim.One);
            for (var axis = x.Rank - 1 - count; axis < x.Rank - 1 - count + some; axis++)
            {
                y = SwapAxes(op.On(SwapAxes(y, axis, -2)), axis, -2);
                length *= x.Shape[axis];
            }
            return norm switch
            {
                FftNorm.Backward when isInverse => y / Cast(Size(length), y.DType),
                FftNorm.Orthonormal => y / Sqrt(Cast(Size(length), y.DType)),
                _ => y,
            };
        }
    }
}
