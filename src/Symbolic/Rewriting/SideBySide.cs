namespace DeepSym.Rewriting;

/// <summary>Sums of parts of one array, each with zeros around it, as one array of the parts: what the gradients of slices (the gates of an LSTM) add up to.</summary>
static class SideBySide
{
    const int MostTerms = 32;

    /// <summary>The sum with pads that touch along one axis joined; null where none do.</summary>
    public static Expr? Joined(Expr sum)
    {
        if (sum.Op is not Map { Function.Name: "add" }) return null;
        var terms = new List<Expr>();
        if (!TryFlatten(sum, terms)) return null;
        var count = terms.Count;
        while (TryJoin(terms)) { }
        return terms.Count == count ? null : terms.Aggregate((x, y) => x + y);
    }

    static bool TryFlatten(Expr sum, List<Expr> terms)
    {
        var waiting = new Stack<Expr>([sum]);
        while (waiting.TryPop(out var next))
            if (next.Op is Map { Function.Name: "add" })
                foreach (var term in next.Inputs) waiting.Push(term);
            else
            {
                terms.Add(next);
                if (terms.Count > MostTerms) return false;
            }
        return terms.Count(term => term.Op is Pad) > 1;
    }

    static bool TryJoin(List<Expr> terms)
    {
        for (var i = 0; i < terms.Count; i++)
            for (var j = 0; j < terms.Count; j++)
                if (i != j && Follows(terms[i], terms[j]) is { } axis)
                {
                    var (x, y) = (terms[i], terms[j]);
                    terms[i] = x.Op!.On(new Concat(axis).On(x.Inputs[0], y.Inputs[0]));
                    terms.RemoveAt(j);
                    return true;
                }
        return false;
    }

    // The axis along which the second part begins where the first ends; null when they lie otherwise.
    static int? Follows(Expr first, Expr second)
    {
        if (first is not { Op: Pad x, Inputs: [var left] } || second is not { Op: Pad y, Inputs: [var right] } || x.Target != y.Target || x.Steps.Concat(y.Steps).Any(step => step != 1)) return null;
        int? found = null;
        for (var axis = 0; axis < left.Rank; axis++)
        {
            if (x.Starts[axis] == y.Starts[axis] && left.Shape[axis] == right.Shape[axis]) continue;
            if (found is not null || y.Starts[axis] != x.Starts[axis] + left.Shape[axis]) return null;
            found = axis;
        }
        return found;
    }
}
