namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// A loop. The function receives the elements of the sequences (each with all its taps), the earlier values of the recurrent outputs (in the order of
    /// their taps) and the non-sequences; it gives the outputs of the step. (Theano: <c>scan</c>.)
    /// </summary>
    /// <param name="step">One step; it is called once or twice, with variables.</param>
    /// <param name="sequences">What is walked along, by the first axis; the shortest says how many steps there are, unless <paramref name="steps"/> does.</param>
    /// <param name="outputs">For each output where it begins, or <see cref="Initial.None"/>. All are None when there are no entries. A literal takes the dtype that the step gives.</param>
    /// <param name="nonSequences">Passed to each step as they are. (Other expressions may be used in the step just as well.)</param>
    /// <param name="steps">The number of steps, an integer or an integer expression; with a condition that ends the loop the largest number.</param>
    /// <param name="backwards">Whether the sequences are walked from their ends.</param>
    /// <param name="truncateGradient">Through how many steps, counted from the last, gradients flow; 0, the default, is all.</param>
    /// <param name="saveEvery">
    /// For gradients in less memory: they keep the state after every so many steps and compute what lies between again. 0, the default, keeps everything.
    /// (Theano: <c>scan_checkpoints</c>.)
    /// </param>
    /// <remarks>Random numbers that are drawn inside of the step are new in every step. Pass <see cref="RandomStream.Updates"/> to the function as always.</remarks>
    /// <exception cref="ShapeException">Nothing says how many steps there are, a sequence is too short, or an output changes its shape from step to step.</exception>
    /// <exception cref="DTypeException">An output has another dtype than its initial value.</exception>
    public static Scanned Scan(Func<Expr[], ScanStep> step, IReadOnlyList<Sequence>? sequences = null, IReadOnlyList<Initial?>? outputs = null, IReadOnlyList<Expr>? nonSequences = null,
        Dim? steps = null, bool backwards = false, int truncateGradient = 0, int saveEvery = 0)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfNegative(truncateGradient);
        ArgumentOutOfRangeException.ThrowIfNegative(saveEvery);
        return new StepScan(step, sequences ?? [], outputs ?? [], nonSequences ?? [], steps, backwards) { Truncation = truncateGradient, SaveEvery = saveEvery }.Build();
    }

    /// <summary>
    /// A loop in its plainest form: <c>(carry, x) → (next carry, output)</c> for each element x of the sequences along their first axis. Gives the last
    /// carries, and the outputs stacked.
    /// </summary>
    /// <exception cref="ShapeException">There are neither sequences nor <paramref name="steps"/>, or a carry changes its shape.</exception>
    public static (Expr[] Last, Expr[] Stacked) Scan(IReadOnlyList<Expr> initial, IReadOnlyList<Expr> sequences, Func<Expr[], Expr[], (Expr[] Next, Expr[] Outputs)> step, Dim? steps = null)
    {
        ArgumentNullException.ThrowIfNull(initial);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(step);
        var builder = new ScanBuilder(steps ?? (sequences.Count > 0 ? sequences[0].Shape[0] : throw StepScan.NoLength()));
        Expr[] carries = [.. initial.Select(x => builder.Carry(x))], elements = [.. sequences.Select(x => builder.Element(x))];
        var (next, stacked) = step(carries, elements);
        if (next.Length != carries.Length) throw new ArgumentException($"scan: there are {carries.Length} carries, and the step gives {next.Length}.", nameof(step));
        var parts = builder.Run(next, stacked);
        return ([.. next.Select((_, i) => parts.Final(i))], [.. stacked.Select((_, j) => parts.Output(j))]);
    }

    /// <summary>A function of each element along the first axis, stacked. (Theano: <c>map</c>.)</summary>
    public static Expr Map(Func<Expr, Expr> function, Expr sequence, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Scan(x => function(x[0]), [sequence], backwards: backwards).Output;
    }

    /// <summary>
    /// <c>step(x₂, step(x₁, step(x₀, initial)))</c> over the elements along the first axis; the initial value if there are none. (Theano: <c>reduce</c>.)
    /// </summary>
    public static Expr Reduce(Func<Expr, Expr, Expr> step, Expr sequence, Expr initial, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Scan(x => step(x[0], x[1]), [sequence], [initial], backwards: backwards).Last[0];
    }

    /// <summary>As <see cref="Reduce"/>, from the first element to the last. (Theano: <c>foldl</c>.)</summary>
    public static Expr Foldl(Func<Expr, Expr, Expr> step, Expr sequence, Expr initial) => Reduce(step, sequence, initial);

    /// <summary>As <see cref="Reduce"/>, from the last element to the first. (Theano: <c>foldr</c>.)</summary>
    public static Expr Foldr(Func<Expr, Expr, Expr> step, Expr sequence, Expr initial) => Reduce(step, sequence, initial, backwards: true);
}
