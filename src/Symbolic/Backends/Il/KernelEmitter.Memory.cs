using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>Loads and stores: whole vectors, parts of vectors, strided, guarded and gathered elements.</summary>
sealed partial class KernelEmitter
{
    void EmitLoad(Load load)
    {
        if (IsLeftToSum(load))
        {
            ReadAhead(load.Source);
            return;
        }
        PushElement(load.Source);
        _il.Emit(OpCodes.Stloc, Local(load.Target));
    }

    // Leaves the register with the elements of an access on the stack.
    void PushElement(Access access)
    {
        var dtype = _nest.Buffers[access.Buffer];
        var element = Registers.Element(dtype);
        var stride = _lanes == Lanes.Uniform ? Size.Of(0) : access.StrideOf(_vectorAxis);
        var guardsVary = _lanes != Lanes.Uniform && access.Guards.Any(g => g.Terms.Any(t => t.Axis == _vectorAxis));
        var indicesVary = access.Dynamic.Any(d => _varying.Contains(d.Value)) && _lanes != Lanes.Uniform;
        if (access.Guards.Count > 0 && !_scope.IsFound(access))
        {
            PushPlace(access);
            PushBytes(stride, dtype.Size());
            PushLanes(isVarying: guardsVary || !IsZero(stride));
            _il.Emit(OpCodes.Ldc_I4, dtype.Size());
            StoreGuards(access, dtype.Size());
            PushGuards();
            _il.Emit(OpCodes.Ldc_I4, access.Guards.Count);
            PushBlock(0);
            Call(nameof(LaneCalls.LoadGuarded));
            PushBlock(0);
            if (guardsVary || !IsZero(stride)) LoadRegister(dtype);
            else LoadScalar(dtype);
        }
        else if (indicesVary)
        {
            ClearBlock(1);
            foreach (var dynamic in access.Dynamic)
            {
                StoreBlock(2, Known(dynamic.Value), typeof(long));
                PushBlock(2);
                PushLanes(isVarying: true);
                Push(dynamic.Limit);
                PushBytes(dynamic.Stride, dtype.Size());
                _il.Emit(OpCodes.Ldarg_1);
                PushBlock(1);
                Call(nameof(LaneCalls.AddOffsets));
            }
            PushPlace(access);
            PushBytes(stride, dtype.Size());
            PushBlock(1);
            PushLanes(isVarying: true);
            _il.Emit(OpCodes.Ldc_I4, dtype.Size());
            PushBlock(0);
            Call(nameof(LaneCalls.LoadAt));
            PushBlock(0);
            LoadRegister(dtype);
        }
        else if (IsZero(stride))
        {
            PushPlace(access);
            LoadScalar(dtype);
        }
        else if (stride is { IsSlot: false, Value: 1 })   // also where fewer lanes remain: what lies behind is read but not used
        {
            ReadAhead(access);
            PushPlace(access);
            LoadRegister(dtype);
        }
        else if (stride is { IsSlot: false, Value: 2 } && IsWhole(dtype) && _registers.HasEven(element))
        {
            PushPlace(access);
            _il.Emit(OpCodes.Call, _registers.Partial("LoadEven", element));
        }
        else if (_lanes == Lanes.Full && IsWhole(dtype))
        {
            PushPlace(access);
            PushBytes(stride, dtype.Size());
            _il.Emit(OpCodes.Call, _registers.Partial("LoadStrided", element));
        }
        else
        {
            PushPlace(access);
            PushBytes(stride, dtype.Size());
            PushLanes(isVarying: true);
            _il.Emit(OpCodes.Ldc_I4, dtype.Size());
            PushBlock(0);
            Call(nameof(LaneCalls.LoadStrided));
            PushBlock(0);
            LoadRegister(dtype);
        }

        void LoadRegister(DType type)
        {
            if (Registers.IsPacked(type))
            {
                PushBlock(0);
                Packing(nameof(LaneCalls.Unpack), type);
                PushBlock(0);
            }
            if (type == DType.Bool) _il.Emit(OpCodes.Call, _registers.Helper("LoadBool"));
            else _il.Emit(OpCodes.Call, _registers.Load(element));
        }

        void LoadScalar(DType type)
        {
            if (Registers.IsPacked(type))
            {
                PushBlock(0);
                Packing(nameof(LaneCalls.Unpack), type, lanes: 1);
                PushBlock(0);
            }
            if (type == DType.Bool)
            {
                _il.Emit(OpCodes.Ldind_U1);
                _il.Emit(OpCodes.Neg);
            }
            else _il.Emit(Indirect(element));
            _il.Emit(OpCodes.Call, _registers.Create(element));
        }
    }

    // Guards that are the same for all indices of a vector loop are looked at once: where one fails, all indices read the same zeros.
    void FindGuarded(Access access)
    {
        var (pointer, mask, holds) = (_il.DeclareLocal(typeof(byte*)), _il.DeclareLocal(typeof(long)), _il.DefineLabel());
        PushPlace(access);
        StoreGuards(access, SizeOf(access));
        PushGuards();
        _il.Emit(OpCodes.Ldc_I4, access.Guards.Count);
        Call(nameof(LaneCalls.PlaceGuarded));
        _il.Emit(OpCodes.Stloc, pointer);
        _il.Emit(OpCodes.Ldc_I8, -1L);
        _il.Emit(OpCodes.Stloc, mask);
        _il.Emit(OpCodes.Ldloc, pointer);
        _il.Emit(OpCodes.Brtrue, holds);
        _il.Emit(OpCodes.Ldsfld, typeof(LaneCalls).GetField(nameof(LaneCalls.Zeros))!);
        _il.Emit(OpCodes.Stloc, pointer);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Stloc, mask);
        _il.MarkLabel(holds);
        _scope.SetFound(access, pointer, mask);
    }

    // From here on, whoever reads one of these asks for what lies so many rows further on; if that is more than so many bytes away, for the row's own next lines.
    void ReadRowsAhead(IEnumerable<Access> accesses, int rowAxis, int rows, long most = long.MaxValue)
    {
        const long NextLines = 256;
        if (!Sse.IsSupported) return;
        foreach (var access in accesses.Where(a => !IsZero(a.StrideOf(rowAxis))).Distinct())
        {
            var (bytes, isNear) = (_il.DeclareLocal(typeof(long)), _il.DefineLabel());
            PushBytes(access.StrideOf(rowAxis), SizeOf(access) * rows);
            _il.Emit(OpCodes.Stloc, bytes);
            _rowsAhead[access] = bytes;
            if (most == long.MaxValue) continue;
            _il.Emit(OpCodes.Ldloc, bytes);
            _il.Emit(OpCodes.Ldc_I8, most);
            _il.Emit(OpCodes.Ble, isNear);
            _il.Emit(OpCodes.Ldc_I8, NextLines);
            _il.Emit(OpCodes.Stloc, bytes);
            _il.MarkLabel(isNear);
        }
    }

    // The same for pieces of memory that lie apart, such as the images of one channel: asks for so many of them further on as make up some bytes, if one alone does not.
    void ReadPiecesAhead(Loop row, LoopAxis pieces)
    {
        if (!Sse.IsSupported) return;
        var max = typeof(Math).GetMethod(nameof(Math.Max), [typeof(long), typeof(long)])!;
        foreach (var access in row.Body.OfType<Load>().Select(l => l.Source).Where(IsDense).Distinct())
        {
            var (piece, bytes, isLong) = (_il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)), _il.DefineLabel());
            PushBytes(row.Axes[0].Extent, SizeOf(access));
            AtLeastOne();
            _il.Emit(OpCodes.Stloc, piece);
            _il.Emit(OpCodes.Ldc_I8, BytesAhead);
            _il.Emit(OpCodes.Stloc, bytes);
            _il.Emit(OpCodes.Ldloc, piece);
            _il.Emit(OpCodes.Ldloc, bytes);
            _il.Emit(OpCodes.Bge, isLong);
            Binary(OpCodes.Div, () => _il.Emit(OpCodes.Ldc_I8, BytesAheadBeforeOthers), () => _il.Emit(OpCodes.Ldloc, piece), bytes);
            _il.Emit(OpCodes.Ldloc, bytes);
            AtLeastOne();
            PushBytes(access.StrideOf(pieces.Axis), SizeOf(access));
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, bytes);
            _il.MarkLabel(isLong);
            _rowsAhead[access] = bytes;
        }

        bool IsDense(Access access) => access.Guards.Count + access.Dynamic.Count == 0 && access.StrideOf(row.Axes[0].Axis) == Size.Of(1) && !IsZero(access.StrideOf(pieces.Axis));

        void AtLeastOne()
        {
            _il.Emit(OpCodes.Ldc_I8, 1L);
            _il.Emit(OpCodes.Call, max);
        }
    }

    void ReadAhead(Access access)
    {
        if (_readsAhead > 0 && _ahead.Add(access.Buffer)) Prefetch(access, () => _il.Emit(OpCodes.Ldc_I8, _readsAhead));
        if (!_isSecond && _rowsAhead.TryGetValue(access, out var rowsAhead)) Prefetch(access, () => _il.Emit(OpCodes.Ldloc, rowsAhead));
    }

    // Asks for the cache line that will be read so many bytes later; behind the end of the memory this does nothing.
    void Prefetch(Access access, Action pushBytes)
    {
        PushPlace(access);
        pushBytes();
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
    }

    // Asks for a place that a later loop will write, at the index of this one.
    void WriteAhead(Access access)
    {
        _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
        _il.Emit(OpCodes.Ldloc, _indices[_vectorAxis]);
        _il.Emit(OpCodes.Ldc_I8, (long)SizeOf(access));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldc_I8, WrittenAhead);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
    }

    void EmitStore(Store store)
    {
        var dtype = _nest.Buffers[store.Target.Buffer];
        var element = Registers.Element(dtype);
        var value = _expansion.Of(store.Value);
        Evaluate(value);
        var local = _il.DeclareLocal(_registers.Of(element));
        if (store.IsSum)
        {
            PushElement(store.Target);
            Push(value);
            Call(dtype == DType.Bool ? "BitwiseOr" : "Add", element, 2);
        }
        else Push(value);
        _il.Emit(OpCodes.Stloc, local);

        var stride = _lanes == Lanes.Uniform ? Size.Of(0) : store.Target.StrideOf(_vectorAxis);
        if (_lanes == Lanes.Uniform && Registers.IsPacked(dtype))
        {
            _il.Emit(OpCodes.Ldloc, local);
            PushBlock(0);
            _il.Emit(OpCodes.Call, _registers.Store(element));
            PushBlock(0);
            PushPlace(store.Target);
            Packing(nameof(LaneCalls.Pack), dtype, lanes: 1);
            return;
        }
        if (_lanes == Lanes.Uniform)
        {
            PushPlace(store.Target);
            _il.Emit(OpCodes.Ldloc, local);
            _il.Emit(OpCodes.Call, _registers.First(element));
            if (dtype == DType.Bool)
            {
                _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(OpCodes.And);
            }
            _il.Emit(dtype switch { DType.Bool => OpCodes.Stind_I1, DType.Float32 => OpCodes.Stind_R4, DType.Float64 => OpCodes.Stind_R8, DType.Int64 or DType.UInt64 => OpCodes.Stind_I8, _ => OpCodes.Stind_I4 });
            return;
        }
        if (stride is { IsSlot: false, Value: 1 } && _lanes == Lanes.Full)
        {
            if (Registers.IsPacked(dtype))
            {
                StoreBlock(0, local, element);
                PushBlock(0);
                PushPlace(store.Target);
                Packing(nameof(LaneCalls.Pack), dtype);
                return;
            }
            _il.Emit(OpCodes.Ldloc, local);
            PushPlace(store.Target);
            StoreRegister();
            return;
        }
        if (IsWhole(dtype) && stride is { IsSlot: false, Value: 1 })
        {
            _il.Emit(OpCodes.Ldloc, local);
            PushPlace(store.Target);
            PushLanes(isVarying: true);
            _il.Emit(OpCodes.Call, _registers.Partial("Store", element));
            return;
        }
        _il.Emit(OpCodes.Ldloc, local);
        PushBlock(0);
        StoreRegister();
        if (Registers.IsPacked(dtype))
        {
            PushBlock(0);
            PushBlock(0);
            Packing(nameof(LaneCalls.Pack), dtype);
        }
        PushBlock(0);
        PushPlace(store.Target);
        PushBytes(stride, dtype.Size());
        PushLanes(isVarying: true);
        _il.Emit(OpCodes.Ldc_I4, dtype.Size());
        Call(nameof(LaneCalls.StoreStrided));

        void StoreRegister() => _il.Emit(OpCodes.Call, dtype == DType.Bool ? _registers.Helper("StoreBool") : _registers.Store(element));
    }

    // Whether the second store fills the gaps that the first one leaves.
    bool ArePair(Store even, Store odd) =>
        _registers.HasEven(Registers.Element(_nest.Buffers[even.Target.Buffer])) && _nest.Buffers[even.Target.Buffer] != DType.Bool && !even.IsSum && !odd.IsSum
        && even.Target.StrideOf(_vectorAxis) == Size.Of(2) && even.Target with { Offset = odd.Target.Offset } == odd.Target
        && even.Target.Offset == Size.Of(0) && odd.Target.Offset == Size.Of(1);

    void EmitPair(Store even, Store odd)
    {
        var element = Registers.Element(_nest.Buffers[even.Target.Buffer]);
        var (first, second) = (_expansion.Of(even.Value), _expansion.Of(odd.Value));
        Evaluate(first);
        Evaluate(second);
        Push(first);
        Push(second);
        PushPlace(even.Target);
        PushLanes(isVarying: true);
        _il.Emit(OpCodes.Call, _registers.Partial("StorePairs", element));
    }

    // The address of the first lane.
    void PushPlace(Access access)
    {
        var size = SizeOf(access);
        var isFound = _scope.IsFound(access, out var mask);
        _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
        var stride = _lanes == Lanes.Uniform ? Size.Of(0) : access.StrideOf(_vectorAxis);
        if (!IsZero(stride))
        {
            _il.Emit(OpCodes.Ldloc, _indices[_vectorAxis]);
            if (isFound && mask is not null)
            {
                _il.Emit(OpCodes.Ldc_I8, (long)_shift);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Ldloc, mask);
                _il.Emit(OpCodes.And);
            }
            PushBytes(stride, size);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
            if (_shift > 0 && mask is null) Shift(stride, size);
        }
        if (isFound || _lanes != Lanes.Uniform && access.Dynamic.Any(d => _varying.Contains(d.Value))) return;
        foreach (var dynamic in access.Dynamic)
        {
            _il.Emit(OpCodes.Ldloc, Known(dynamic.Value));
            _il.Emit(OpCodes.Call, _registers.First(typeof(long)));
            Push(dynamic.Limit);
            PushBytes(dynamic.Stride, size);
            _il.Emit(OpCodes.Ldarg_1);
            Call(nameof(LaneCalls.Offset));
            _il.Emit(OpCodes.Add);
        }
    }

    // Loads and stores of neighbours, and nothing computed: shorter code has more of them under way at a time.
    bool IsCopy(Loop loop)
    {
        return loop.Body.All(s => s is Load load && IsDense(load.Source) || s is Store { Value: Variable, IsSum: false } store && IsDense(store.Target));

        bool IsDense(Access access) => IsWhole(_nest.Buffers[access.Buffer]) && (access.Guards.Count + access.Dynamic.Count == 0 || _scope.IsFound(access)) && access.StrideOf(loop.Axes[0].Axis) == Size.Of(1);
    }

    // To a later vector of the same iteration.
    void Shift(Size stride, int size)
    {
        _il.Emit(OpCodes.Ldc_I8, stride.Value * size * _shift);
        _il.Emit(OpCodes.Add);
    }

    void StoreGuards(Access access, int size)
    {
        for (var g = 0; g < access.Guards.Count; g++)
        {
            var guard = access.Guards[g];
            Set(0, () =>
            {
                Push(guard.Offset);
                foreach (var (axis, stride) in guard.Terms)
                {
                    _il.Emit(OpCodes.Ldloc, _indices[axis]);
                    Push(stride);
                    _il.Emit(OpCodes.Mul);
                    _il.Emit(OpCodes.Add);
                }
            });
            Set(1, () => Push(_lanes == Lanes.Uniform ? Size.Of(0) : guard.Terms.Where(t => t.Axis == _vectorAxis).Select(t => t.Stride).FirstOrDefault(Size.Of(0))));
            Set(2, () => _il.Emit(OpCodes.Ldc_I8, (long)guard.Divisor));
            Set(3, () => Push(guard.Limit));
            Set(4, () => PushBytes(guard.Stride, size));

            void Set(int field, Action value)
            {
                PushGuards();
                _il.Emit(OpCodes.Ldc_I4, (5 * g + field) * sizeof(long));
                _il.Emit(OpCodes.Add);
                value();
                _il.Emit(OpCodes.Stind_I8);
            }
        }
    }
}
