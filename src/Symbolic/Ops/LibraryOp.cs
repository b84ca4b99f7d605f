namespace DeepSym;

/// <summary>An op that is a kernel of its own, not a loop that could be fused: matrix products, convolutions, sorting and the like.</summary>
public abstract record LibraryOp : Op
{
    /// <summary>The meaning, in plain loops: fills <paramref name="output"/>, which has the inferred shape. Backends may have a faster kernel.</summary>
    public abstract void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output);

    /// <summary>Whether it may find an error in values: it then runs before anything that lasts is written.</summary>
    public virtual bool CanFail => false;

    /// <summary>Whether an op that can fail looks for errors before it writes anything.</summary>
    public virtual bool ChecksFirst => false;
}

/// <summary>Leaves for the samples of ops.</summary>
static class Sample
{
    /// <summary>A variable of the shape for each dtype; float64 and float32 when none is given.</summary>
    public static IEnumerable<Expr> Of(ReadOnlySpan<int> shape, IEnumerable<DType>? dtypes = null)
    {
        var dims = shape.ToArray().Select(size => (Dim?)size).ToArray();
        return (dtypes ?? [DType.Float64, DType.Float32]).Select(dtype => new Variable("x", dtype, dims));
    }
}
