using System.Reflection.Emit;
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
    const int MostOperations = 320;      // and above which there are too many registers and too much code

    readonly Dictionary<Variable, LocalBuilder> _second = [];   // the variables of the second vector
    readonly Dictionary<Expr, LocalBuilder> _shared = [];       // constants of the operation at hand
    bool _isSecond;

    // Whether the vectors of a loop take turns: much is computed from neighbours, element by element.
    bool AreInterleaved(Loop loop)
    {
        var operations = loop.Body.Sum(s => ValueOf(s) is { } value ? Traversal.Topological([_expansion.Of(value)]).Count(node => node is Apply) : 0);
        return operations is >= ShortestChain and <= MostOperations && loop.Body.All(s => s is Load or LoadIndex or Compute or Accumulate or Store { IsSum: false }) && loop.Body.SelectMany(Accesses).All(IsPlain);

        bool IsPlain(Access access) => access.Guards.Count == 0 && (access.Dynamic.Count == 0 || _scope.IsFound(access)) && access.StrideOf(loop.Axes[0].Axis) is { IsSlot: false, Value: 0 or 1 };
    }

    static Expr? ValueOf(Statement statement) => statement switch { Compute compute => compute.Value, Accumulate accumulate => accumulate.Value, Store store => store.Value, _ => null };

    void EmitInterleaved(EquatableArray<Statement> body)
    {
        var own = _scope;
        Scope[] scopes = [new Scope(own), new Scope(own)];
        _second.Clear();
        foreach (var statement in body)
        {
            if (ValueOf(statement) is { } value)
                foreach (var node in Unknown(_expansion.Of(value), scopes[0]))
                {
                    Share(node);
                    Each(() => EvaluateNode(node));
                    _shared.Clear();
                }
            Each(() => Emit(statement));
        }
        _scope = own;

        // Reads the constants of an operation from the table, once for all vectors.
        void Share(Expr node)
        {
            if (IsExtreme(node)) return;
            foreach (var constant in node.Inputs.OfType<Constant>())
            {
                if (_shared.ContainsKey(constant) || _constants?.TryPush(constant) != true) continue;
                _shared[constant] = _il.DeclareLocal(_registers.Of(constant.DType));
                _il.Emit(OpCodes.Stloc, _shared[constant]);
            }
        }

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
