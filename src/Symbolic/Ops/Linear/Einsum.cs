namespace DeepSym;

/// <summary>
/// The notation of Einstein: each operand names its axes by letters, and the result is the product summed over the letters it does not name.
/// Operands are contracted two at a time, in the order that <see cref="ContractionOrder"/> finds cheapest.
/// </summary>
static class Einsum
{
    /// <summary>An operand, or what some of them were contracted to: each axis has a label of its own.</summary>
    sealed record Term(Expr Value, int[] Labels);

    /// <summary>The product of operands with a label for each axis, summed over the labels that are not in <paramref name="output"/>.</summary>
    public static Expr Apply(string what, Expr[] operands, int[][] labels, int[] output)
    {
        var sizes = Sizes(what, operands, labels);
        var kept = output.ToHashSet();
        var terms = operands.Select((operand, i) => Distinct(new Term(operand, labels[i]), sizes)).ToArray();
        for (var i = 0; i < terms.Length; i++) terms[i] = SumOver(terms[i], label => kept.Contains(label) || terms.Where((_, k) => k != i).Any(t => t.Labels.Contains(label)));
        var product = Contract(terms, ContractionOrder.Of([.. terms.Select(t => t.Labels)], kept, label => Estimate(sizes[label])), kept);
        return T.Transpose(product.Value, [.. output.Select(label => Array.IndexOf(product.Labels, label))]);
    }

    // Sizes that only a call knows count as some middling number.
    static double Estimate(Dim size) => size.IsStatic ? size.Constant : 100;

    static Dictionary<int, Dim> Sizes(string what, Expr[] operands, int[][] labels)
    {
        var sizes = new Dictionary<int, Dim>();
        for (var i = 0; i < operands.Length; i++)
            for (var axis = 0; axis < labels[i].Length; axis++)
            {
                var (label, size) = (labels[i][axis], operands[i].Shape[axis]);
                if (!sizes.TryGetValue(label, out var known) || known.IsOne) sizes[label] = size;
                else if (!size.IsOne)
                    sizes[label] = Guards.None.Equal(known, size, () => $"{what} of {string.Join(", ", operands.Select(o => o.Describe()))}: axis '{EinsumSpec.NameOf(label)}' is {known} long in one place and {size} in another.");
            }
        return sizes;
    }

    // Each label once: the diagonal where one is repeated; and without axes of size 1 that stretch to another size.
    static Term Distinct(Term term, Dictionary<int, Dim> sizes)
    {
        var (value, labels) = (term.Value, term.Labels.ToList());
        for (var axis = labels.Count - 1; axis >= 0; axis--)
            if (value.Shape[axis].IsOne && (!sizes[labels[axis]].IsOne || labels.Count(l => l == labels[axis]) > 1 && labels.IndexOf(labels[axis]) != axis))
            {
                value = T.Squeeze(value, axis);
                labels.RemoveAt(axis);
            }
        for (var axis = 0; axis < labels.Count; axis++)
            if (labels.IndexOf(labels[axis], axis + 1) is > 0 and var other)
            {
                var label = labels[axis];
                value = T.Diagonal(value, 0, axis, other);
                labels.RemoveAt(other);
                labels.RemoveAt(axis);
                labels.Add(label);
                axis--;
            }
        return new Term(value, [.. labels]);
    }

    static Term SumOver(Term term, Func<int, bool> isKept)
    {
        int[] gone = [.. Enumerable.Range(0, term.Labels.Length).Where(axis => !isKept(term.Labels[axis]))];
        return gone.Length == 0 ? term : new Term(T.SumKeepingType(term.Value, gone), [.. term.Labels.Where(isKept)]);
    }

    // The pairs are numbers of terms; what a pair gives is the next number.
    static Term Contract(Term[] terms, IReadOnlyList<(int Left, int Right)> order, HashSet<int> output)
    {
        var all = terms.ToList();
        var waiting = Enumerable.Range(0, terms.Length).ToHashSet();
        foreach (var (left, right) in order)
        {
            waiting.Remove(left);
            waiting.Remove(right);
            all.Add(Product(all[left], all[right], label => output.Contains(label) || waiting.Any(i => all[i].Labels.Contains(label))));
            waiting.Add(all.Count - 1);
        }
        return all[^1];
    }

    static Term Product(Term x, Term y, Func<int, bool> isKept)
    {
        int[] shared = [.. x.Labels.Where(y.Labels.Contains)];
        int[] summed = [.. shared.Where(label => !isKept(label))], batch = [.. shared.Where(isKept)];
        int[] freeX = [.. x.Labels.Except(shared)], freeY = [.. y.Labels.Except(shared)];
        int[] labels = [.. batch, .. freeX, .. freeY];
        if (summed.Length > 0 && (freeX.Length > 0 || freeY.Length > 0 || batch.Length == 0))
            return new Term(new Contract([.. batch.Select(Pair)], [.. summed.Select(Pair)]).On(x.Value, y.Value), labels);
        int[] space = [.. labels, .. summed];   // no matrix to multiply: loops that fuse
        return SumOver(new Term(Over(x, space) * Over(y, space), space), label => !summed.Contains(label));

        AxisPair Pair(int label) => new(Array.IndexOf(x.Labels, label), Array.IndexOf(y.Labels, label));
        static Expr Over(Term term, int[] space) => T.DimShuffle(term.Value, [.. space.Select(label => Array.IndexOf(term.Labels, label))]);
    }
}

public static partial class T
{
    /// <summary>
    /// Einstein's notation, as in NumPy: <c>Einsum("ij,jk-&gt;ik", x, y)</c> is the product of matrices. Letters name axes; a letter that the result does not
    /// name is summed over, one that an operand repeats takes its diagonal, <c>...</c> stands for axes that broadcast. Without <c>-&gt;</c> the result has
    /// the letters that occur once, in the order of the alphabet. Several operands are multiplied in the cheapest order.
    /// </summary>
    /// <exception cref="ArgumentException">The notation is not understood, or does not fit the operands.</exception>
    /// <exception cref="ShapeException">A letter stands for different sizes.</exception>
    public static Expr Einsum(string spec, params ReadOnlySpan<Expr> operands)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (operands.Length == 0) throw new ArgumentException($"einsum(\"{spec}\"): at least one operand is needed.", nameof(operands));
        var all = OneDType(operands);
        var (labels, output) = EinsumSpec.Parse(spec, all);
        return DeepSym.Einsum.Apply($"einsum(\"{spec}\")", all, labels, output);
    }

    /// <summary>The product of matrices (a vector first is a row, last a column), multiplied in the cheapest order.</summary>
    /// <exception cref="ShapeException">A factor has another rank, or neighbours do not fit.</exception>
    public static Expr MatrixDot(params ReadOnlySpan<Expr> factors)
    {
        if (factors.Length == 0) throw new ArgumentException("matrix_dot needs at least one matrix.", nameof(factors));
        var all = OneDType(factors);
        var (labels, next) = (new int[all.Length][], 1);   // each factor shares a label with the one before
        for (var i = 0; i < all.Length; i++)
            labels[i] = (all[i].Rank, i == 0, i == all.Length - 1) switch
            {
                (2, _, _) => [next, ++next],
                (1, true, _) or (1, _, true) => [next],
                _ => throw new ShapeException($"matrix_dot: factor {i} ({all[i].Describe()}) must be a matrix; the first and the last may be vectors."),
            };
        return DeepSym.Einsum.Apply("matrix_dot", all, labels, [.. all[0].Rank == 2 ? [1] : Array.Empty<int>(), .. all[^1].Rank == 2 ? [next] : Array.Empty<int>()]);
    }

    // Truth values count as 0 and 1.
    static Expr[] OneDType(ReadOnlySpan<Expr> exprs)
    {
        var dtype = Promotion.Common(exprs);
        return [.. exprs.ToArray().Select(e => Cast(e, dtype == DType.Bool ? DType.Int64 : dtype))];
    }

    /// <summary>For each index of axis 0 of both: the sum over the last <paramref name="count"/> axes of x and the first of y after axis 0.</summary>
    public static Expr BatchedTensorDot(Expr x, Expr y, int count = 2)
    {
        CheckCount("batched_tensordot", x, y, count, batch: 1);
        return BatchedTensorDot(x, y, [.. Enumerable.Range(x.Rank - count, count)], [.. Enumerable.Range(1, count)]);
    }

    /// <summary>For each index of axis 0 of both: the sum over the given axes of x, paired with those of y in order; axis 0 counts and cannot be among them.</summary>
    public static Expr BatchedTensorDot(Expr x, Expr y, int[] axesX, int[] axesY)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(axesX);
        ArgumentNullException.ThrowIfNull(axesY);
        if (axesX.Length != axesY.Length) throw new ShapeException($"batched_tensordot({x.Describe()}, {y.Describe()}): as many axes of the left as of the right must be named.");
        AxisPair[] pairs = [.. axesX.Zip(axesY, (a, b) => new AxisPair(x.Axis(a, "batched_tensordot"), y.Axis(b, "batched_tensordot")))];
        if (pairs.Any(p => p.Left == 0 || p.Right == 0)) throw new ShapeException($"batched_tensordot({x.Describe()}, {y.Describe()}): axis 0 is that of the batch and cannot be summed over.");
        return Product(x, y, [new AxisPair(0, 0)], [.. pairs]);
    }
}
