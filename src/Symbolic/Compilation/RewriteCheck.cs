using DeepSym.Backends;
using DeepSym.Backends.Cpu;
using DeepSym.Rewriting;

namespace DeepSym.Compilation;

/// <summary>
/// Evaluates both sides of every step of rewriting with the arguments of a call; the first rule whose sides differ is named. Steps within bodies of loops are
/// evaluated with drawn values for what the bodies get.
/// </summary>
sealed class RewriteCheck
{
    readonly Graph _graph;
    readonly HashSet<Leaf> _inputs;
    readonly RewriteStep[] _steps;
    readonly bool[] _isWithin;   // a body

    public RewriteCheck(Graph graph, IReadOnlyList<RewriteStep> steps)
    {
        _graph = graph;
        _inputs = [.. graph.Inputs];
        _steps = [.. steps.Where(step => step.Before.Type.Parts.Count == 0)];
        _isWithin = [.. _steps.Select(step => Foreign(step).Any())];
    }

    /// <summary>Compares both sides of every step.</summary>
    /// <exception cref="CompileException">They differ.</exception>
    public void Compare(ReadOnlySpan<Tensor> arguments)
    {
        using var held = SharedLocks.Hold(_graph);
        var leaves = new Dictionary<Leaf, Tensor>();
        for (var i = 0; i < arguments.Length; i++) leaves[_graph.Inputs[i]] = arguments[i];
        var own = new Queue<Tensor>(Values(_steps.Where((_, i) => !_isWithin[i]), leaves));
        for (var i = 0; i < _steps.Length; i++)
        {
            if (_isWithin[i]) Compare(_steps[i], [.. Values([_steps[i]], Drawn(_steps[i], leaves))]);
            else if (own.Count > 0) Compare(_steps[i], [own.Dequeue(), own.Dequeue()]);
        }
    }

    IEnumerable<Leaf> Foreign(RewriteStep step) => SizeSubstitution.LeavesWithSizes([step.Before, step.After]).Where(leaf => leaf is Variable && !_inputs.Contains(leaf));

    // Both sides of every step; nothing when there are none: then the call itself fails and says why, or a drawn value does not fit.
    static Tensor[] Values(IEnumerable<RewriteStep> steps, Dictionary<Leaf, Tensor> leaves)
    {
        try { return Interpreter.Evaluate([.. steps.SelectMany(step => new[] { step.Before, step.After })], leaves); }
        catch (Exception e) when (Failure.CanBeNamed(e) || e is ShapeException or CompileException) { return []; }
    }

    // Values for what a body gets, the same in every call; sizes that nothing tells are 3.
    Dictionary<Leaf, Tensor> Drawn(RewriteStep step, Dictionary<Leaf, Tensor> leaves)
    {
        var (all, random) = (new Dictionary<Leaf, Tensor>(leaves), new Random(17));
        var binding = new DimBinding(_ => 3);
        foreach (var (leaf, value) in leaves) binding.Bind(leaf, value.Shape);
        foreach (var leaf in Foreign(step))
        {
            var value = Tensor.Zeros(leaf.DType, [.. leaf.Shape.Select(dim => dim.Atoms.All(atom => atom is not AxisDim(Variable own, _) || _inputs.Contains(own)) ? (int)binding.Evaluate(dim) : 3)]);
            for (var i = 0L; i < value.Length; i++) value.SetNumber(i, leaf.DType.IsFloating() ? (Number)(random.NextDouble() * 4 - 2) : (long)random.Next(2));
            all[leaf] = value;
        }
        return all;
    }

    static void Compare(RewriteStep step, Tensor[] values)
    {
        if (values is not [var before, var after]) return;
        for (var i = 0L; i < before.Length; i++)
        {
            var (left, right) = (before.Number(i), after.Number(i));
            if (Agree(step.Promise, left, right, before.DType)) continue;
            throw new CompileException($"DeepSym broke an invariant: the rule '{step.Rule}' put {Sources.Placed(step.After, step.After)} in the place of {Sources.Placed(step.Before, step.Before)}; element {i} "
                + $"is {KernelCheck.Text(right, before.DType)} where it was {KernelCheck.Text(left, before.DType)}. Please report this.");
        }
    }

    // What is not finite, or has lost its digits, may become better.
    static bool Agree(Promise promise, Number before, Number after, DType dtype)
    {
        if (promise == Promise.Exact || !dtype.IsFloating()) return KernelCheck.AreClose(after, before, dtype);
        return !double.IsFinite(before.Real) || KernelCheck.AreClose(after, before, promise == Promise.MoreAccurate ? DType.Float16 : dtype);
    }
}
