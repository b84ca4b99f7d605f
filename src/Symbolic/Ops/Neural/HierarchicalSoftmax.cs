namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// Softmax in two levels, for many outputs: outputs are numbered class by class, <c>class · perClass + within</c>, and have the probability of their class,
    /// <c>softmax(x w1 + b1)</c>, times that within it, <c>softmax(x w2[class] + b2[class])</c>. With targets only the classes that they name are computed.
    /// (Goodman 2001; Theano: <c>h_softmax</c>.)
    /// </summary>
    /// <param name="x">Samples, [n, d].</param>
    /// <param name="w1">[d, classes].</param>
    /// <param name="b1">[classes].</param>
    /// <param name="w2">[classes, d, perClass].</param>
    /// <param name="b2">[classes, perClass].</param>
    /// <param name="targets">An output for each sample, [n].</param>
    /// <returns>The probability of each target, [n]; without targets those of all outputs, [n, classes · perClass].</returns>
    /// <exception cref="ShapeException">The axes do not fit.</exception>
    public static Expr HierarchicalSoftmax(Expr x, Expr w1, Expr b1, Expr w2, Expr b2, Expr? targets = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w2);
        if (x.Rank != 2 || w2.Rank != 3) throw new ShapeException($"h_softmax({x.Describe()}, {w2.Describe()}): samples are [n, d] and the weights of the second level [classes, d, perClass].");
        var classes = Softmax(Dot(x, w1) + b1);
        if (targets is null)
            return Reshape(ExpandDims(classes, 2) * Softmax(Einsum("nd,cdo->nco", x, w2) + b2), x.Shape[0], w2.Shape[0] * w2.Shape[2]);
        var perClass = Size(w2.Shape[2]);
        var (chosen, within) = (FloorDivide(targets, perClass), Mod(targets, perClass));
        var samples = Arange(Size(x.Shape[0]));
        var inside = Softmax(Einsum("nd,ndo->no", x, Take(w2, chosen)) + Take(b2, chosen));
        return classes[samples, chosen] * inside[samples, within];
    }
}
