namespace DeepSym;

/// <summary>The results of a <see cref="Scan"/> by their names.</summary>
sealed class ScanParts(Expr tuple)
{
    public Expr Tuple { get; } = tuple;

    public Scan Scan => (Scan)Tuple.Op!;

    /// <summary>The last value of a carry.</summary>
    public Expr Final(int carry) => new Project(DeepSym.Scan.Final(carry)).On(Tuple);

    /// <summary>All values of a carry, the initial one first.</summary>
    public Expr Trace(int carry) => new Project(Scan.Trace(carry)).On(Tuple);

    /// <summary>An output, stacked.</summary>
    public Expr Output(int output) => new Project(Scan.Output(output)).On(Tuple);

    /// <summary>What a caller of the loop sees.</summary>
    public LoopResults Results => new(
        [.. Enumerable.Range(0, Scan.Carries).Select(Final)], [.. Enumerable.Range(0, Scan.Carries).Select(After)],
        [.. Enumerable.Range(0, Scan.Outputs).Select(j => Rows(Output(j), FirstRow, Steps))], Steps);

    /// <summary>How many steps ran.</summary>
    public Dim Steps => Scan.HasStop ? Dims.Of(new Project(Scan.Steps).On(Tuple)) : Scan.Length;

    /// <summary>The first of the rows of the steps that ran.</summary>
    public Dim FirstRow => Scan.IsBackwards && Scan.HasStop ? Scan.Length - Steps : Dim.Zero;

    /// <summary>How many rows of a trace lie between the row of a step and that of the carry before it.</summary>
    public int BeforeOffset => Scan.IsBackwards ? 1 : 0;

    /// <summary>The values of a carry before each of the steps that ran.</summary>
    public Expr Before(int carry) => Rows(Trace(carry), FirstRow + BeforeOffset, Steps);

    /// <summary>The values of a carry after each of the steps that ran.</summary>
    public Expr After(int carry) => Rows(Trace(carry), FirstRow + (1 - BeforeOffset), Steps);

    /// <summary>The initial value of a carry, or what has the type of its trace in its place.</summary>
    public Expr Initial(Expr trace) => trace[Scan.IsBackwards ? -1 : 0];

    /// <summary>The rows of x from a start on, along the first axis; backwards with a step of -1.</summary>
    public static Expr Rows(Expr x, Dim start, Dim count, int step = 1) => start == Dim.Zero && count == x.Shape[0] && step == 1 ? x : new Slice(
        x.Shape.Select((_, axis) => axis == 0 ? start : Dim.Zero).ToEquatable(),
        x.Shape.Select((dim, axis) => axis == 0 ? count : dim).ToEquatable(),
        x.Shape.Select((_, axis) => axis == 0 ? step : 1).ToEquatable()).On(x);
}

/// <summary>The last carries, the carries after each step, the outputs, and how many steps ran.</summary>
sealed record LoopResults(IReadOnlyList<Expr> Last, IReadOnlyList<Expr> After, IReadOnlyList<Expr> Outputs, Dim Steps);
