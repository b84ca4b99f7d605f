using System.Reflection.Emit;
using System.Runtime.Intrinsics.Arm;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// The constants of a kernel that has more of them than 16 registers hold beside its values: written to the stack once a call, and read from there at
/// every use. Left to itself the JIT keeps each constant in a register, and moves the values to the stack and back in the middle of their computation.
/// </summary>
sealed class ConstantTable
{
    const int FewConstants = 8;
    const int Slot = 32;        // bytes of the widest register

    readonly ILGenerator _il;
    readonly Registers _registers;
    readonly LocalBuilder _place;
    readonly Dictionary<Constant, int> _slots = [];

    ConstantTable(IReadOnlyList<Constant> constants, Registers registers, ScalarEmitter scalars, ILGenerator il)
    {
        (_il, _registers, _place) = (il, registers, il.DeclareLocal(typeof(byte*)));
        il.Emit(OpCodes.Ldc_I4, (constants.Count + 1) * Slot);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Ldc_I4, Slot - 1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldc_I4, -Slot);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Stloc, _place);
        foreach (var constant in constants)
        {
            scalars.Constant(constant);
            PushSlot(_slots[constant] = _slots.Count);
            il.Emit(OpCodes.Call, registers.Store(Registers.Element(constant.DType)));
        }
    }

    /// <summary>Emits the writing of a table; null for a nest with few constants, and where there are 32 registers.</summary>
    public static ConstantTable? Write(LoopNest nest, Expansion expansion, Registers registers, ScalarEmitter scalars, ILGenerator il)
    {
        if (registers.VectorBytes > Slot || AdvSimd.IsSupported) return null;
        var values = Values(nest.Root).Select(expansion.Of);
        Constant[] constants = [.. Traversal.Topological(values, e => e.Inputs.AsSpan()).Where(node => !KernelEmitter.IsExtreme(node)).SelectMany(node => node.Inputs).OfType<Constant>().Distinct()];
        return constants.Length > FewConstants ? new ConstantTable(constants, registers, scalars, il) : null;
    }

    /// <summary>Pushes a constant; false where it is not in the table.</summary>
    public bool TryPush(Constant constant)
    {
        if (!_slots.TryGetValue(constant, out var slot)) return false;
        PushSlot(slot);
        _il.Emit(OpCodes.Volatile);     // or it would be read once and kept
        _il.Emit(OpCodes.Ldobj, _registers.Of(constant.DType));
        return true;
    }

    void PushSlot(int slot)
    {
        _il.Emit(OpCodes.Ldloc, _place);
        _il.Emit(OpCodes.Ldc_I4, slot * Slot);
        _il.Emit(OpCodes.Add);
    }

    static IEnumerable<Expr> Values(Statement statement) => statement switch
    {
        Loop loop => loop.Body.SelectMany(Values),
        Reduction reduction => reduction.Body.SelectMany(Values),
        _ => KernelEmitter.ValueOf(statement) is { } value ? [value] : [],
    };
}
