using System.Collections.Immutable;

namespace DeepSym.Optimizers;

/// <summary>
/// A rate that jumps: the initial one up to and including the iteration of the first piece, then the rate of that piece, and so on
/// (Keras's <c>PiecewiseConstantDecay</c>): <c>new PiecewiseConstant(0.1, [new(1000, 0.01), new(2000, 0.001)])</c>.
/// </summary>
public sealed record PiecewiseConstant : Schedule
{
    /// <summary>The rate is <paramref name="initial"/>, and after each boundary that of the piece.</summary>
    /// <exception cref="ArgumentException">The boundaries do not rise, or the initial rate is 0.</exception>
    public PiecewiseConstant(double initial, params ImmutableArray<RatePiece> pieces) : base(Positive(initial, nameof(Initial)))
    {
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i > 0 && pieces[i].After <= pieces[i - 1].After)
                throw new ArgumentException($"The boundaries of a piecewise learning rate must rise, and {pieces[i].After} follows {pieces[i - 1].After}.", nameof(pieces));
            NotNegative(pieces[i].Rate, nameof(RatePiece.Rate));
        }
        Pieces = pieces;
    }

    /// <summary>The boundaries, and the rate after each.</summary>
    public ImmutableArray<RatePiece> Pieces { get; }

    /// <inheritdoc/>
    public override Expr At(Expr rate, Expr iteration)
    {
        ArgumentNullException.ThrowIfNull(rate);
        var scale = rate / Initial;   // exactly 1 as long as nobody writes the rate
        return Pieces.Aggregate(rate, (so, piece) => T.Switch(T.Gt(iteration, piece.After), piece.Rate * scale, so));
    }

    /// <summary>Whether both have the same rates at the same boundaries.</summary>
    public bool Equals(PiecewiseConstant? other) => other is not null && Initial == other.Initial && Pieces.SequenceEqual(other.Pieces);

    /// <inheritdoc/>
    public override int GetHashCode() => Pieces.Aggregate(Initial.GetHashCode(), HashCode.Combine);
}

/// <summary>The rate after an iteration.</summary>
public readonly record struct RatePiece(long After, double Rate);
