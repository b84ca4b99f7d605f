using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>Loads and stores: the places of elements, guards around them, and who owns a place.</summary>
sealed partial class KernelMethod
{
    void EmitLoad(Load load)
    {
        var access = load.Source;
        var dtype = _nest.Buffers[access.Buffer];
        var target = Local(load.Target);
        if (_given is var (given, value) && given == access.Buffer)
        {
            Move(value, target);
            return;
        }
        if (access.Guards.Count == 0)
        {
            PushElement(access, () => PushPlace(access), dtype);
            _il.Emit(OpCodes.Stloc, target);
            return;
        }
        var (place, outside, end) = (_il.DeclareLocal(typeof(long)), _il.DefineLabel(), _il.DefineLabel());
        PushPlace(access);
        _il.Emit(OpCodes.Stloc, place);
        foreach (var guard in access.Guards) EmitGuard(guard, place, outside);
        PushElement(access, () => _il.Emit(OpCodes.Ldloc, place), dtype);
        _il.Emit(OpCodes.Stloc, target);
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(outside);
        _scalars.Literal(default, dtype);
        _il.Emit(OpCodes.Stloc, target);
        _il.MarkLabel(end);
    }

    void PushElement(Access access, Action place, DType dtype)
    {
        PushAddress(access, place);
        _scalars.Load(dtype);
    }

    void PushAddress(Access access, Action place)
    {
        _il.Emit(OpCodes.Ldarga, (short)(access.Buffer + FirstBuffer));
        place();
        _il.Emit(OpCodes.Call, Item(ViewOf(_nest.Buffers[access.Buffer])));
    }

    // q = (offset + Σ index·stride) / divisor, which must be an integer from 0 to limit - 1; then place += q·stride.
    void EmitGuard(AccessGuard guard, LocalBuilder place, Label outside)
    {
        var q = _il.DeclareLocal(typeof(long));
        PushSum(guard.Offset, guard.Terms);
        _il.Emit(OpCodes.Stloc, q);
        Jump(OpCodes.Blt, () => _il.Emit(OpCodes.Ldc_I8, 0L));
        if (guard.Divisor != 1)
        {
            _il.Emit(OpCodes.Ldloc, q);
            _il.Emit(OpCodes.Ldc_I8, (long)guard.Divisor);
            _il.Emit(OpCodes.Rem);
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Bne_Un, outside);
            Binary(OpCodes.Div, q, Size.Of(guard.Divisor), q);
        }
        Jump(OpCodes.Bge, () => Push(guard.Limit));
        _il.Emit(OpCodes.Ldloc, q);
        Push(guard.Stride);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Ldloc, place);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, place);

        void Jump(OpCode code, Action bound)
        {
            _il.Emit(OpCodes.Ldloc, q);
            bound();
            _il.Emit(code, outside);
        }
    }

    void EmitStore(Store store)
    {
        var dtype = _nest.Buffers[store.Target.Buffer];
        var value = _il.DeclareLocal(ScalarCode.TypeOf(dtype));
        _scalars.Push(store.Value);
        _il.Emit(OpCodes.Stloc, value);
        var isUniform = IsShared && !_isVarying;   // one of those that share writes
        var done = _il.DefineLabel();
        if (isUniform)
        {
            _il.Emit(OpCodes.Call, Barrier);   // others may not have read yet what was in this place
            PushThread(isOwner: false);
            _il.Emit(OpCodes.Brtrue, done);
            _il.Emit(OpCodes.Ldloc, _isActive!);
            _il.Emit(OpCodes.Brfalse, done);
        }
        var place = _il.DeclareLocal(typeof(long));
        PushPlace(store.Target);
        _il.Emit(OpCodes.Stloc, place);
        PushAddress(store.Target, () => _il.Emit(OpCodes.Ldloc, place));
        switch (store.Mode)
        {
            case StoreMode.AddAtomically:
                _il.Emit(OpCodes.Ldloc, value);
                _il.Emit(OpCodes.Call, typeof(Atomic).GetMethod(nameof(Atomic.Add), [value.LocalType.MakeByRefType(), value.LocalType])!);
                _il.Emit(OpCodes.Pop);
                break;
            case StoreMode.Add:
                PushElement(store.Target, () => _il.Emit(OpCodes.Ldloc, place), dtype);
                _il.Emit(OpCodes.Ldloc, value);
                _scalars.Combine(Monoid.Sum, dtype);
                _scalars.Store(dtype);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, value);
                _scalars.Store(dtype);
                break;
        }
        _il.MarkLabel(done);
        if (isUniform) _il.Emit(OpCodes.Call, Barrier);
    }

    void EmitOwned(Owned owned)
    {
        var others = _il.DefineLabel();
        _il.Emit(OpCodes.Ldc_I8, 0L);
        foreach (var index in owned.Indices)
        {
            PushIndex(index);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldc_I8, owned.Owners - 1L);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldloc, _indices[owned.Axis]);
        _il.Emit(OpCodes.Bne_Un, others);
        using (_scalars.Scope()) Emit(owned.Body);
        _il.MarkLabel(others);
    }

    // An index that is a value: from 0 on, and within its axis.
    void PushIndex(DynamicIndex index)
    {
        _il.Emit(OpCodes.Ldloc, _variables[index.Value]);
        Push(index.Limit);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.Place))!);
    }

    void PushPlace(Access access)
    {
        PushSum(access.Offset, access.Terms);
        foreach (var dynamic in access.Dynamic)
        {
            PushIndex(dynamic);
            Push(dynamic.Stride);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
        }
    }

    void PushSum(Size offset, EquatableArray<AccessTerm> terms)
    {
        Push(offset);
        foreach (var term in terms)
        {
            _il.Emit(OpCodes.Ldloc, _indices[term.Axis]);
            Push(term.Stride);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
        }
    }
}
