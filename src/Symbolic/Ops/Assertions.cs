using System.Collections.Immutable;

namespace DeepSym;

/// <summary>A condition that an expression states did not hold during a call.</summary>
public sealed class AssertionFailedException : InvalidOperationException
{
    /// <summary>An exception without a message.</summary>
    public AssertionFailedException() { }

    /// <summary>An exception that says what did not hold.</summary>
    public AssertionFailedException(string message) : base(message) { }

    /// <summary>An exception with its cause.</summary>
    public AssertionFailedException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>An op that gives its first input as it is and does something besides: derivatives pass through.</summary>
public abstract record PassingOp : LibraryOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type;

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => tangents[0];

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [cotangent, .. inputs.Skip(1).Select(_ => (Expr?)null)];

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        Observe(inputs);
        inputs[0].CopyTo(output);
    }

    /// <summary>What is done besides.</summary>
    protected abstract void Observe(ReadOnlySpan<Tensor> inputs);
}

/// <summary>The first input, when the others, truth values, all hold; else the call fails with the message.</summary>
public sealed record Assertion(string Message) : PassingOp
{
    /// <inheritdoc/>
    public override string Name => "assert";

    /// <inheritdoc/>
    public override bool CanFail => true;

    /// <inheritdoc/>
    protected override void Observe(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var condition in inputs[1..])
            if (condition.AsBytes().Contains((byte)0)) throw new AssertionFailedException(Message);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3]).Select(x => On(x, T.All(x < 1e9)));

    /// <inheritdoc/>
    protected override string Text => $"assert '{Message}'";
}

/// <summary>The input, whose value is written with a message whenever it is computed: to <paramref name="Writer"/>, or the console.</summary>
public sealed record Printing(string Message, TextWriter? Writer = null) : PassingOp
{
    /// <inheritdoc/>
    public override string Name => "print";

    /// <inheritdoc/>
    protected override void Observe(ReadOnlySpan<Tensor> inputs) => (Writer ?? Console.Out).WriteLine($"{Message}: {inputs[0]}");

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3]).Select(x => T.Print(x, "sample", TextWriter.Null));

    /// <inheritdoc/>
    protected override string Text => $"print '{Message}'";
}

public static partial class T
{
    /// <summary>x, where the condition (its elements are all not 0) holds; else the call fails, before it changes anything, and says the message.</summary>
    public static Expr Assert(Expr x, Expr condition, string message)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        return new Assertion(message).On(x, All(condition));
    }

    /// <summary>x, whose value is written after the message whenever a call computes it; to the console unless a writer is given.</summary>
    public static Expr Print(Expr x, string message, TextWriter? writer = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new Printing(message, writer).On(x);
    }
}
