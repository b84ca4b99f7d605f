namespace DeepSym;

/// <summary>
/// Results as a function of variables that can be applied to any expressions, as often as wanted: the graph is copied with the arguments in the place
/// of the variables. A gradient of its own may be given. (Theano: <c>OpFromGraph</c>, always inlined.)
/// </summary>
/// <param name="Inputs">The variables.</param>
/// <param name="Outputs">Expressions of them; other variables stay as they are.</param>
public sealed record GraphFunction(IReadOnlyList<Variable> Inputs, IReadOnlyList<Expr> Outputs)
{
    /// <summary>
    /// The cotangents of the inputs (null: zero) from the inputs, the outputs and the cotangents of the outputs; it must be linear in these. By default the derivative
    /// of the outputs.
    /// </summary>
    public Func<IReadOnlyList<Expr>, IReadOnlyList<Expr>, IReadOnlyList<Expr>, IReadOnlyList<Expr?>>? Gradient { get; init; }

    /// <summary>The results for arguments of the types of the inputs.</summary>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    /// <exception cref="ShapeException">An argument has another rank than its input.</exception>
    public Expr[] Apply(params ReadOnlySpan<Expr> arguments)
    {
        if (arguments.Length != Inputs.Count) throw new ArgumentException($"The function takes {Inputs.Count} arguments ({string.Join(", ", Inputs.Select(i => i.Describe()))}), and {arguments.Length} were given.", nameof(arguments));
        Expr[] given = [.. arguments];
        var values = T.Substitute(Outputs, [.. Inputs.Zip(given, (input, argument) => ((Expr)input, argument))]);
        if (Gradient is not { } gradient) return values;
        return [.. values.Select((value, k) => T.WithGradient(value, given, cotangent =>
            gradient(given, values, [.. values.Select((other, i) => i == k ? cotangent : T.ZerosLike(other))])))];   // the gradient is linear: one output at a time
    }
}

public static partial class T
{
    /// <summary>The expression with others put in the place of some of its parts, all at once. (Theano: <c>clone(replace=)</c>.)</summary>
    /// <exception cref="ShapeException">A replacement has another rank.</exception>
    /// <exception cref="DTypeException">A replacement has a dtype that does not fit without loss.</exception>
    public static Expr Substitute(Expr expr, params ReadOnlySpan<(Expr Replaced, Expr By)> replacements) => Substitute([expr], replacements)[0];

    /// <summary>The expressions with others put in the place of some of their parts, all at once; sizes follow.</summary>
    /// <exception cref="ShapeException">A replacement has another rank.</exception>
    /// <exception cref="DTypeException">A replacement has a dtype that does not fit without loss.</exception>
    public static Expr[] Substitute(IReadOnlyList<Expr> exprs, params ReadOnlySpan<(Expr Replaced, Expr By)> replacements)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        var map = new Dictionary<Expr, Expr>();
        foreach (var (replaced, by) in replacements)
        {
            if (by.Rank != replaced.Rank) throw new ShapeException($"substitute: {by.Describe()} cannot stand for {replaced.Describe()}: the ranks differ.");
            if (Promotion.Loses(by, replaced.DType)) throw new DTypeException($"substitute: {by.Describe()} cannot stand for {replaced.Describe()}: a value could be lost. Cast it.");
            map[replaced] = Cast(by, replaced.DType);
        }
        return [.. SizeSubstitution.Apply(exprs, map)];
    }
}
