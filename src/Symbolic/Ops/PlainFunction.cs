using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// A computation in plain C#: writes every element of <paramref name="output"/>, which has the dtype and shape that were said, and changes no input. Equal inputs must
/// give equal outputs. The tensors are lent for the call.
/// </summary>
public delegate void TensorFunction(ReadOnlySpan<Tensor> inputs, Tensor output);

/// <summary>A function of the user's as an op: see <see cref="T.FromFunction"/>.</summary>
/// <param name="Title">The name in messages and printed graphs.</param>
/// <param name="Function">What it computes.</param>
/// <param name="Result">The dtype of the result.</param>
/// <param name="Target">The shape of the result.</param>
public sealed record PlainFunction(string Title, TensorFunction Function, DType Result, Shape Target) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "function";

    /// <inheritdoc/>
    public override bool CanFail => true;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => new(Result, Target);

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output) => Function(inputs, output);

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => output.DType.IsFloating() && tangents.Any(t => t is not null)
        ? throw new GradientException($"'{Title}' is a C# function, and nothing is known about its derivative. Give it one with T.WithGradient, or stop the gradient with T.StopGradient.")
        : null;

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4]).Select(x => new PlainFunction("count above zero", CountAboveZero, DType.Int64, []).On(x));

    static void CountAboveZero(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var count = 0L;
        foreach (var value in inputs[0].To(DType.Float64).AsSpan<double>())
            if (value > 0) count++;
        output.AsSpan<long>()[0] = count;
    }

    /// <inheritdoc/>
    protected override string Text => $"{Name} '{Title}'";
}

public static partial class T
{
    /// <summary>
    /// What a C# function computes from the values of inputs, as part of a graph. It runs on the processor, alone, and must be pure. Its derivative is given with
    /// <see cref="WithGradient"/>; without one a gradient through it is an error. (Theano: <c>as_op</c>.)
    /// </summary>
    /// <param name="name">The name in messages and printed graphs.</param>
    /// <param name="function">Writes the result; see <see cref="TensorFunction"/>.</param>
    /// <param name="dtype">The dtype of the result.</param>
    /// <param name="shape">The shape of the result: sizes, names, or those of inputs.</param>
    /// <param name="inputs">What it is computed from.</param>
    public static Expr FromFunction(string name, TensorFunction function, DType dtype, ReadOnlySpan<Dim> shape, params ReadOnlySpan<Expr> inputs)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        return new PlainFunction(name, function, dtype, Shape.Create(shape)).On(inputs);
    }
}
