namespace DeepSym;

/// <summary>
/// A sequence of a scan. In step t the function receives <c>Input[t + tap - min(taps, 0)]</c> for each of its taps: with taps -1, 0, 1 the element with both
/// neighbours. An expression alone has the tap 0.
/// </summary>
public sealed record Sequence(Expr Input, params IReadOnlyList<int> Taps)
{
    /// <summary>A sequence whose elements are passed one by one.</summary>
    public static implicit operator Sequence(Expr input) => new(input, 0);
}

/// <summary>
/// Where a recurrent output begins, and which of its earlier values the function receives: tap -1 is the value of the step before. With the tap -1 alone
/// <see cref="Value"/> is that first value; otherwise it has a first axis, of the length of the largest lag. An expression alone has the tap -1.
/// (Theano: an entry of <c>outputs_info</c>.)
/// </summary>
public sealed record Initial(Expr Value, params IReadOnlyList<int> Taps)
{
    /// <summary>For an output that the next step does not receive. (Theano: <c>None</c>.)</summary>
    public static Initial? None => null;

    /// <summary>A recurrent output that begins with a value.</summary>
    public static implicit operator Initial(Expr value) => new(value, -1);

    /// <summary>A recurrent output that begins with a number.</summary>
    public static implicit operator Initial(double value) => new((Expr)value, -1);

    internal int Lag => -Taps.Min();
}

/// <summary>What a step of a scan gives: its outputs, and if need be new values of shared variables and a condition that ends the loop after this step.</summary>
public sealed record ScanStep(params IReadOnlyList<Expr> Outputs)
{
    /// <summary>New values of shared variables: the next step reads them.</summary>
    public IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates { get; init; } = [];

    /// <summary>Ends the loop after the step in which it holds.</summary>
    public Expr? Until { get; init; }

    /// <summary>A step with one output.</summary>
    public static implicit operator ScanStep(Expr output) => new(output);

    /// <summary>A step with several outputs.</summary>
    public static implicit operator ScanStep(Expr[] outputs) => new((IReadOnlyList<Expr>)outputs);
}

/// <summary>The results of a scan.</summary>
/// <param name="Outputs">Each output of the steps, stacked along a new first axis, without initial values.</param>
/// <param name="Last">Each output of the last step; of one that is fed back the initial value, if there is no step.</param>
/// <param name="Updates">The last values of the shared variables that the step updates, for <see cref="Function.Compile(IReadOnlyList{In}, Expr, IReadOnlyList{ValueTuple{SharedVariable, Expr}}?, IReadOnlyList{ValueTuple{Expr, Expr}}?, CompileOptions?)"/>.</param>
/// <param name="Steps">How many steps ran.</param>
public sealed record Scanned(IReadOnlyList<Expr> Outputs, IReadOnlyList<Expr> Last, IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates, Dim Steps)
{
    /// <summary>The only output, stacked.</summary>
    public Expr Output => Outputs.Count == 1 ? Outputs[0] : throw new InvalidOperationException($"The scan has {Outputs.Count} outputs: say which, with Outputs.");
}
