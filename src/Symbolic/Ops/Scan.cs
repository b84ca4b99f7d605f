using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// A loop: the body maps carries, the elements of sequences along their first axis, and captured values to new carries, outputs and, with
/// <see cref="HasStop"/>, a truth value that ends the loop after this step. It runs <paramref name="Length"/> times at most.
/// </summary>
/// <remarks>
/// Inputs: the initial carries, the sequences, the captured values. Results: the last carries; the trace of each carry, <c>Length + 1</c> rows that begin
/// with the initial one; the outputs stacked, <c>Length</c> rows; the number of steps, if the loop can stop. Rows of steps that did not run are zero. What nothing uses
/// is not stored.
/// </remarks>
public sealed record Scan(Dim Length, int Carries, int Sequences, Lambda Body) : TupleOp
{
    /// <inheritdoc/>
    public override string Name => "scan";

    /// <summary>Whether the steps go from the last row of sequences and outputs to the first; the initial carry is then the last row of its trace.</summary>
    public bool IsBackwards { get; init; }

    /// <summary>Whether the last result of the body ends the loop.</summary>
    public bool HasStop { get; init; }

    /// <summary>How many steps, counted from the last, gradients flow through; 0: all of them.</summary>
    public int Truncation { get; init; }

    /// <summary>Whether gradients compute the values inside of a step again instead of keeping them.</summary>
    public bool IsCheckpointed { get; init; }

    /// <summary>The number of stacked outputs.</summary>
    public int Outputs => Body.Results.Count - Carries - (HasStop ? 1 : 0);

    internal override IReadOnlyList<Lambda> Bodies => [Body];

    internal static int Final(int carry) => carry;

    internal int Trace(int carry) => Carries + carry;

    internal int Output(int output) => 2 * Carries + output;

    internal int Steps => 2 * Carries + Outputs;

    internal bool IsSequence(int input) => input >= Carries && input < Carries + Sequences;

    /// <inheritdoc/>
    public override IEnumerable<TensorType> InferParts(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        if (inputs.Length != Body.Parameters.Count) throw new ArgumentException($"scan: the body has {Body.Parameters.Count} parameters, and {inputs.Length} inputs were given.", nameof(inputs));
        guards.AtLeast(Length, 0, () => $"scan: the number of steps ({Length}) must not be negative.");
        for (var i = 0; i < inputs.Length; i++)
        {
            var (input, parameter, isSequence) = (inputs[i], Body.Parameters[i], IsSequence(i));
            var dims = isSequence ? [Length, .. parameter.Shape] : parameter.Shape.Dims;
            if (input.DType != parameter.DType || input.Rank != dims.Count)
                throw new ShapeException($"scan: {input.Describe()} is given for {(isSequence ? "a sequence of " : "")}{parameter.Type}.");
            for (var axis = 0; axis < dims.Count; axis++)
                guards.Equal(input.Shape[axis], dims[axis], () => isSequence && axis == 0
                    ? $"scan: the sequence {input.Describe()} has {input.Shape[0]} elements for {Length} steps."
                    : $"scan: axis {axis} of {input.Describe()} is {input.Shape[axis]} and must be {dims[axis]}.");
        }
        return Types();
    }

    internal IEnumerable<TensorType> Types()
    {
        for (var i = 0; i < Carries; i++) yield return Body.Parameters[i].Type;
        for (var i = 0; i < Carries; i++) yield return Stacked(Body.Parameters[i].Type, Length + 1);
        for (var j = 0; j < Outputs; j++) yield return Stacked(Body.Results[Carries + j].Type, Length);
        if (HasStop) yield return new TensorType(DType.Int64, Shape.Scalar);
    }

    static TensorType Stacked(TensorType row, Dim rows) => row with { Shape = [rows, .. row.Shape] };

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> PartsJvp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        ScanDerivatives.Forward(tuple, inputs, tangents);

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> PartsVjp(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> cotangents, ImmutableArray<bool> wanted) =>
        ScanDerivatives.Reverse(tuple, inputs, cotangents, wanted);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Examples;

    // A recurrence with a captured matrix, a map without carries, a loop that goes backwards, one that ends early, and one that keeps only its carries.
    internal static IEnumerable<Expr> Examples => Sample.Of([4, 3]).Zip(Sample.Of([3, 3])).SelectMany(sample =>
    {
        var (x, w) = sample;
        return new[]
        {
            Loop(new ScanBuilder(4), (h, e) => (T.Tanh(T.Dot(w, h) + e), h * e)),
            Loop(new ScanBuilder(4) { IsBackwards = true }, (h, e) => (h * 0.5 + e, T.Sin(e))),
            Loop(new ScanBuilder(4), (h, e) => (h + T.Exp(e), h), (h, e) => T.Sum(h) > 5),
            Loop(new ScanBuilder(4) { IsCheckpointed = true }, (h, e) => (T.Cos(h * e), h - e)),
            Loop(new ScanBuilder(4), (h, e) => (h, T.Sqr(e))),
        };

        Expr Loop(ScanBuilder loop, Func<Expr, Expr, (Expr Next, Expr Output)> step, Func<Expr, Expr, Expr>? stop = null)
        {
            var (carry, element) = (loop.Carry(x[1]), loop.Element(x));
            var (next, output) = step(carry, element);
            return loop.Run([next], [output], stop?.Invoke(carry, element)).Tuple;
        }
    });

    /// <inheritdoc/>
    protected override string Text => $"scan<{Length}>({Carries} carries, {Sequences} sequences{(IsBackwards ? ", backwards" : "")}{(HasStop ? ", until" : "")}: {Body})";
}
