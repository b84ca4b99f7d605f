using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// Two vectors an iteration, instruction by instruction in turn. An exponential is a chain of thirty instructions, each of which waits for the one before, and a processor
/// looks ahead by some dozens: in the order of one vector after the other it would find little else to do.
/// </summary>
sealed partial class KernelEmitter
{
    const int Interleaved = 2;
    const int ShortestChain = 12;        // operations of a body below which vectors need not take turns
    const int LongChain = 8;             // operations of a body from which on the next row is asked for ahead
    const int OnTheStack = 4;            // values that wait long enough to lie there

    readonly Dictionary<Variable, LocalBuilder> _second = [];   // the variables of the second vector
    bool _isSecond;

    // Whether the vectors of a loop take turns: much is computed from neighbours, element by element, and the values of two vectors fit into the registers.
    bool AreInterleaved(Loop loop)
    {
        if (!loop.Body.All(s => s is Load or LoadIndex or Compute or Accumulate or Store { IsSum: false }) || !loop.Body.SelectMany(Accesses).All(IsPlain)) return false;
        var (operations, alive) = CountOf(loop.Body);
        return operations >= ShortestChain && Interleaved * alive <= (Vector512.IsHardwareAccelerated ? 32 : 16) + OnTheStack;

        bool IsPlain(Access access) => (access.Guards.Count + access.Dynamic.Count == 0 || _scope.IsFound(access)) && access.StrideOf(loop.Axes[0].Axis) is { IsSlot: false, Value: 0 or 1 };
    }

    // The operations of a body, and how many of its values are needed later at most.
    (int Operations, int Alive) CountOf(EquatableArray<Statement> body)
    {
        var lastUse = new Dictionary<Expr, int>();
        var order = new List<Expr>();
        foreach (var statement in body)
        {
            if (statement is Load { Target: var loaded }) order.Add(loaded);
            if (ValueOf(statement) is not { } value) continue;
            var expanded = _expansion.Of(value);
            foreach (var node in Traversal.Topological([expanded], e => lastUse.ContainsKey(e) ? [] : e.Inputs.AsSpan()))
            {
                if (node is Leaf || lastUse.ContainsKey(node)) continue;
                order.Add(node);
                foreach (var input in node.Inputs) lastUse[input] = order.Count;
                lastUse.TryAdd(node, order.Count);
            }
            lastUse[expanded] = order.Count;
            if (statement is Compute { Target: var target }) order.Add(target);
        }
        var (alive, most) = (0, 0);
        var ends = order.ToLookup(e => lastUse.GetValueOrDefault(e));
        for (var at = 0; at < order.Count; at++)
        {
            alive += 1 - ends[at + 1].Count();
            most = Math.Max(most, alive);
        }
        return (order.Count(e => e is not Leaf), most);
    }

    /// <summary>The scalar expression that a statement evaluates; null when it has none.</summary>
    public static Expr? ValueOf(Statement statement) => statement switch { Compute compute => compute.Value, Accumulate accumulate => accumulate.Value, Store store => store.Value, _ => null };

    void EmitInterleaved(EquatableArray<Statement> body)
    {
        var own = _scope;
        Scope[] scopes = [new Scope(own), new Scope(own)];
        _second.Clear();
        foreach (var statement in body)
        {
            if (ValueOf(statement) is { } value)
                foreach (var node in Unknown(_expansion.Of(value), scopes[0])) Each(() => EvaluateNode(node));
            Each(() => Emit(statement));
        }
        _scope = own;

        void Each(Action emit)
        {
            for (var vector = 0; vector < Interleaved; vector++)
            {
                (_scope, _isSecond, _shift) = (scopes[vector], vector > 0, vector * _registers.Lanes);
                emit();
            }
            (_isSecond, _shift) = (false, 0);
        }
    }
}
