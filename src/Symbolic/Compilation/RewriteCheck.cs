using DeepSym.Backends;
using DeepSym.Backends.Cpu;
using DeepSym.Rewriting;

namespace DeepSym.Compilation;

/// <summary>
/// Evaluates both sides of every step of rewriting with the arguments of a call; the first rule whose sides differ is named. What happened within bodies of loops
/// shows in the loops.
/// </summary>
sealed class RewriteCheck
{
    readonly Graph _graph;
    readonly RewriteStep[] _steps;

    public RewriteCheck(Graph graph, IReadOnlyList<RewriteStep> steps)
    {
        var known = graph.Inputs.ToHashSet<Leaf>();
        _graph = graph;
        _steps = [.. steps.Where(step => step.Before.Type.Parts.Count == 0 && SizeSubstitution.LeavesWithSizes([step.Before, step.After]).All(leaf => leaf is Constant or SharedVariable || known.Contains(leaf)))];
    }

    /// <summary>Compares both sides of every step.</summary>
    /// <exception cref="CompileException">They differ.</exception>
    public void Compare(ReadOnlySpan<Tensor> arguments)
    {
        using var held = SharedLocks.Hold(_graph);
        var leaves = new Dictionary<Leaf, Tensor>();
        for (var i = 0; i < arguments.Length; i++) leaves[_graph.Inputs[i]] = arguments[i];
        Tensor[]? values = null;
        try { values = Interpreter.Evaluate([.. _steps.SelectMany(step => new[] { step.Before, step.After })], leaves); }
        catch (Exception e) when (Failure.CanBeNamed(e) || e is ShapeException) { }   // the call itself will fail: it says why
        for (var i = 0; values is not null && i < _steps.Length; i++) Compare(_steps[i], values[2 * i], values[2 * i + 1]);
    }

    static void Compare(RewriteStep step, Tensor before, Tensor after)
    {
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
