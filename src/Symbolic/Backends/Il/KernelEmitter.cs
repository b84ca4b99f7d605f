using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// Emits a loop nest as a method. Every value is a vector; outside of vector loops all its lanes are equal. Pointers advance from iteration to
/// iteration, so that the innermost loop addresses memory by one register and the index.
/// </summary>
sealed partial class KernelEmitter
{
    const int Block = 128;      // bytes of a scratch block: the widest register
    const int Blocks = 6;
    const long BytesAhead = 16 << 10;
    const long BytesAheadBeforeOthers = 8 << 10;   // where later loops find in cache what the first one read
    const long WrittenAhead = 4 << 10;
    const int CopiedVectors = 4;
    const int GuardBytes = 5 * sizeof(long) * 16;

    static readonly Type[] Parameters = [typeof(byte**), typeof(long*), typeof(long), typeof(long)];

    readonly LoopNest _nest;
    readonly Registers _registers;
    readonly ILGenerator _il;
    readonly ScalarEmitter _scalars;
    readonly Expansion _expansion = new();
    readonly Dictionary<Variable, LocalBuilder> _variables = [];
    readonly HashSet<Variable> _varying = [];                       // variables whose lanes differ
    readonly Dictionary<Variable, Accumulation> _accumulators = [];
    readonly Dictionary<int, LocalBuilder> _indices = [];           // of each axis that is running
    readonly LocalBuilder _scratch;
    ConstantTable? _constants;
    LocalBuilder? _strips;
    Scope _scope = new(null);
    Lanes _lanes = Lanes.Uniform;
    int _vectorAxis = -1;
    int _shift;                                                     // lanes from the index to the vector at hand, where an iteration has several
    LocalBuilder? _remaining;
    LocalBuilder? _mask;
    readonly HashSet<int> _ahead = [];                              // buffers that a loop has read ahead: those after it find them in cache
    long _readsAhead;                                               // how many bytes, in reductions, which wait for memory; 0: not
    Access[] _written = [];                                         // what later loops of a row write: the first one asks for it
    int _rowAxis = -1;                                              // of the loop around the vector loop
    readonly Dictionary<Access, LocalBuilder> _rowsAhead = [];      // bytes from a place to the line of a later row that is asked for meanwhile

    enum Lanes
    {
        Uniform,
        Full,
        Part,
    }

    /// <summary>Values and pointers that hold from here inwards.</summary>
    sealed class Scope(Scope? outer)
    {
        readonly Dictionary<Expr, LocalBuilder> _values = [];
        readonly Dictionary<Access, LocalBuilder> _pointers = [];
        readonly Dictionary<Access, LocalBuilder?> _found = [];

        public Scope? Outer { get; } = outer;

        public LocalBuilder? Value(Expr expr)
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope._values.TryGetValue(expr, out var local)) return local;
            return null;
        }

        public LocalBuilder Pointer(Access access)
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope._pointers.TryGetValue(access, out var local)) return local;
            throw new CompileException("DeepSym broke an invariant: an access without a pointer. Please report this.");
        }

        public void Set(Expr expr, LocalBuilder local) => _values[expr] = local;

        public void Set(Access access, LocalBuilder local) => _pointers[access] = local;

        /// <summary>Whether the pointer of an access has its loaded indices and guards in it.</summary>
        public bool IsFound(Access access) => IsFound(access, out _);

        /// <summary>The same, and what the index is masked with: all zeros where a guard fails, so that zeros are read at one place.</summary>
        public bool IsFound(Access access, out LocalBuilder? mask)
        {
            mask = null;
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope._found.TryGetValue(access, out mask)) return true;
            return false;
        }

        /// <summary>The pointer of an access, with its loaded indices or its guards.</summary>
        public void SetFound(Access access, LocalBuilder local, LocalBuilder? mask = null)
        {
            Set(access, local);
            _found.Add(access, mask);
        }
    }

    KernelEmitter(LoopNest nest, Registers registers, ILGenerator il)
    {
        (_nest, _registers, _il) = (nest, registers, il);
        _scalars = new ScalarEmitter(il, registers);
        _scratch = il.DeclareLocal(typeof(byte*));
    }

    public static KernelBody Emit(LoopNest nest, int vectorBytes)
    {
        var method = new DynamicMethod("kernel", typeof(void), Parameters, typeof(KernelEmitter).Module, skipVisibility: true) { InitLocals = false };
        var registers = Registers.For(vectorBytes, Widths.IsWide(nest));
        var emitter = new KernelEmitter(nest, registers, method.GetILGenerator());
        emitter.Emit();
        return method.CreateDelegate<KernelBody>();
    }

    void Emit()
    {
        _il.Emit(OpCodes.Ldc_I4, Block * Blocks + GuardBytes);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Stloc, _scratch);
        _constants = ConstantTable.Write(_nest, _expansion, _registers, _scalars, _il);
        AllocateStrips();
        FindSummed(_nest.Root, []);
        foreach (var access in Accesses(_nest.Root).Distinct())
        {
            var pointer = _il.DeclareLocal(typeof(byte*));
            _il.Emit(OpCodes.Ldarg_0);
            _il.Emit(OpCodes.Ldc_I4, access.Buffer * sizeof(long));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Ldind_I);
            PushBytes(access.Offset, SizeOf(access));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, pointer);
            _scope.Set(access, pointer);
        }
        if (_nest.Root.Kind == LoopKind.Vector) VectorLoop(_nest.Root, () => _il.Emit(OpCodes.Ldarg_2), () => _il.Emit(OpCodes.Ldarg_3));
        else RootLoop(_nest.Root);
        _il.Emit(OpCodes.Ret);
    }

    static IEnumerable<Access> Accesses(Statement statement) => statement switch
    {
        Loop loop => loop.Body.SelectMany(Accesses),
        Reduction reduction => reduction.Body.SelectMany(Accesses),
        Load load => [load.Source],
        Store store => [store.Target],
        _ => [],
    };

    int SizeOf(Access access) => _nest.Buffers[access.Buffer].Size();

    // The first flat index of the range is split over the axes, which then count on; pointers are placed anew for each index.
    void RootLoop(Loop loop)
    {
        var (flat, rest, some) = (_il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)), _il.DefineLabel());
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Blt, some);
        _il.Emit(OpCodes.Ret);   // an extent may be 0
        _il.MarkLabel(some);
        foreach (var axis in loop.Axes) _indices[axis.Axis] = _il.DeclareLocal(typeof(long));
        _rowAxis = loop.Axes[^1].Axis;
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, rest);
        for (var k = loop.Axes.Count - 1; k > 0; k--)
        {
            Binary(OpCodes.Rem, () => _il.Emit(OpCodes.Ldloc, rest), () => Push(loop.Axes[k].Extent), _indices[loop.Axes[k].Axis]);
            Binary(OpCodes.Div, () => _il.Emit(OpCodes.Ldloc, rest), () => Push(loop.Axes[k].Extent), rest);
        }
        _il.Emit(OpCodes.Ldloc, rest);
        _il.Emit(OpCodes.Stloc, _indices[loop.Axes[0].Axis]);
        var begin = () => _il.Emit(OpCodes.Ldarg_2);
        if (RowReductionOf(loop) is { } rows)
        {
            SeveralRows(loop, rows, flat);
            begin = () => _il.Emit(OpCodes.Ldloc, flat);
        }
        For(flat, begin, () => _il.Emit(OpCodes.Ldarg_3), 1, () =>
        {
            Nested(() =>
            {
                PlacePointers(loop);
                _written = WrittenLater(loop);
                foreach (var statement in loop.Body) Emit(statement);
            });
            Advance(loop.Axes);
        });
    }

    // Pointers for the indices at hand.
    void PlacePointers(Loop loop)
    {
        foreach (var access in Accesses(loop).Distinct())
        {
            var moving = loop.Axes.Where(a => access.Terms.Any(t => t.Axis == a.Axis)).ToArray();
            if (moving.Length == 0) continue;
            var pointer = _il.DeclareLocal(typeof(byte*));
            _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
            foreach (var axis in moving)
            {
                _il.Emit(OpCodes.Ldloc, _indices[axis.Axis]);
                PushBytes(access.StrideOf(axis.Axis), SizeOf(access));
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            }
            _il.Emit(OpCodes.Stloc, pointer);
            _scope.Set(access, pointer);
        }
    }

    // The next index, the last axis fastest: at the end of an axis back to 0, and on with the one before.
    void Advance(EquatableArray<LoopAxis> axes)
    {
        var done = _il.DefineLabel();
        for (var k = axes.Count - 1; k >= 0; k--)
        {
            var index = _indices[axes[k].Axis];
            Binary(OpCodes.Add, () => _il.Emit(OpCodes.Ldloc, index), () => _il.Emit(OpCodes.Ldc_I8, 1L), index);
            if (k == 0) break;
            _il.Emit(OpCodes.Ldloc, index);
            Push(axes[k].Extent);
            _il.Emit(OpCodes.Blt, done);
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Stloc, index);
        }
        _il.MarkLabel(done);
    }

    void SerialLoop(Loop loop, int from = 0)
    {
        if (from == loop.Axes.Count)
        {
            foreach (var statement in loop.Body) Emit(statement);
            return;
        }
        var axis = loop.Axes[from];
        var index = _indices[axis.Axis] = _il.DeclareLocal(typeof(long));
        Nested(() =>
        {
            var moving = Accesses(loop).Distinct().Where(a => a.Terms.Any(t => t.Axis == axis.Axis)).ToArray();
            foreach (var access in moving)
            {
                var pointer = _il.DeclareLocal(typeof(byte*));
                _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
                _il.Emit(OpCodes.Stloc, pointer);
                _scope.Set(access, pointer);
            }
            For(index, () => _il.Emit(OpCodes.Ldc_I8, 0L), () => Push(axis.Extent), 1, () =>
            {
                Nested(() => SerialLoop(loop, from + 1));
                foreach (var access in moving)
                {
                    _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
                    PushBytes(access.StrideOf(axis.Axis), SizeOf(access));
                    _il.Emit(OpCodes.Add);
                    _il.Emit(OpCodes.Stloc, _scope.Pointer(access));
                }
            });
        });
    }

    void For(LocalBuilder index, Action begin, Action end, int step, Action body)
    {
        var (top, test) = (_il.DefineLabel(), _il.DefineLabel());
        begin();
        _il.Emit(OpCodes.Stloc, index);
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(top);
        body();
        Binary(OpCodes.Add, () => _il.Emit(OpCodes.Ldloc, index), () => _il.Emit(OpCodes.Ldc_I8, (long)step), index);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, index);
        end();
        _il.Emit(OpCodes.Blt, top);
    }

    void Nested(Action body)
    {
        _scope = new Scope(_scope);
        body();
        _scope = _scope.Outer!;
    }

    void Emit(Statement statement)
    {
        switch (statement)
        {
            case Loop { Kind: LoopKind.Serial } loop: SerialLoop(loop); break;
            case Loop loop: VectorLoop(loop, () => _il.Emit(OpCodes.Ldc_I8, 0L), () => Push(loop.Axes[0].Extent)); break;
            case Load load: EmitLoad(load); break;
            case LoadIndex index: EmitIndex(index); break;
            case Compute compute: Define(compute.Target, compute.Value); break;
            case Store store: EmitStore(store); break;
            case Reduction reduction: EmitReduction(reduction); break;
            case Accumulate accumulate: EmitAccumulate(accumulate); break;
            case Finished finished: EmitFinished(finished); break;
        }
    }

    LocalBuilder Local(Variable variable)
    {
        var variables = _isSecond ? _second : _variables;
        if (!variables.TryGetValue(variable, out var local)) variables[variable] = local = _il.DeclareLocal(_registers.Of(variable.DType));
        if (_lanes == Lanes.Uniform) _varying.Remove(variable);
        else if (!_registers.IsShared(Registers.Element(variable.DType))) _varying.Add(variable);
        return local;
    }

    LocalBuilder Known(Variable variable) => _isSecond && _second.TryGetValue(variable, out var second) ? second : _variables[variable];

    void Define(Variable target, Expr value)
    {
        var expanded = _expansion.Of(value);
        Evaluate(expanded);
        Push(expanded);
        _il.Emit(OpCodes.Stloc, Local(target));
    }

    void EmitIndex(LoadIndex load)
    {
        _il.Emit(OpCodes.Ldloc, _indices[load.Axis]);
        if (load.Axis == _vectorAxis && _shift > 0)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)_shift);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Call, _registers.Create(typeof(long)));
        if (load.Axis == _vectorAxis)
        {
            _il.Emit(OpCodes.Call, _registers.Helper("Indices"));
            _il.Emit(OpCodes.Call, _registers.Helper("WidenInteger"));
            _il.Emit(OpCodes.Call, _registers.Method("Add", typeof(long), 2));
        }
        _il.Emit(OpCodes.Stloc, Local(load.Target));
    }

    // Puts every inner node of an expression into a local of this scope.
    void Evaluate(Expr value)
    {
        foreach (var node in Unknown(value, _scope)) EvaluateNode(node);
    }

    // The inner nodes of an expression that have no local yet, inputs first.
    static List<Expr> Unknown(Expr value, Scope scope) =>
        [.. Traversal.Topological([value], e => scope.Value(e) is null ? e.Inputs.AsSpan() : []).Where(node => node is not Leaf && scope.Value(node) is null)];

    void EvaluateNode(Expr node)
    {
        var local = _il.DeclareLocal(_registers.Of(node.DType));
        if (_scalars.TryEmit(node, IsExtreme(node) ? PushPlain : Push)) _il.Emit(OpCodes.Stloc, local);
        else CallLanes(node, local);
        _scope.Set(node, local);
    }

    // Where the JIT sees that one side is a number, and which, the larger or smaller of two is one instruction; else it also asks for NaN and the sign of 0.
    public static bool IsExtreme(Expr node) => node.Op is Map { Function.Name: "maximum" or "minimum" };

    void Push(Expr value)
    {
        if (value is not Constant constant || _constants?.TryPush(constant) != true) PushPlain(value);
    }

    void PushPlain(Expr value)
    {
        if (value is Constant constant) _scalars.Constant(constant);
        else _il.Emit(OpCodes.Ldloc, value is Variable variable ? Known(variable) : _scope.Value(value)!);
    }

    // A function without vector code: arguments to scratch, one call, the result back. A rare one is called where its condition holds in some lane.
    void CallLanes(Expr node, LocalBuilder result)
    {
        var function = ((Map)node.Op!).Function;
        var done = _il.DefineLabel();
        if (function.IsRare)
        {
            Push(node.Inputs[^1]);
            _il.Emit(OpCodes.Stloc, result);
            Push(node.Inputs[0]);
            _scalars.Splat(0, typeof(int));
            Call("EqualsAll", typeof(int), 2);
            _il.Emit(OpCodes.Brtrue, done);
        }
        for (var k = 0; k < node.Inputs.Length; k++)
        {
            Push(node.Inputs[k]);
            PushBlock(k + 1);
            _il.Emit(OpCodes.Call, _registers.Store(Registers.Element(node.Inputs[k].DType)));
        }
        var isShared = node.Inputs.Append(node).Any(value => _registers.IsShared(Registers.Element(value.DType)));
        _il.Emit(OpCodes.Ldc_I4, LaneCalls.NumberOf(function));
        PushBlock(1);
        _il.Emit(OpCodes.Ldc_I4, Block);
        _il.Emit(OpCodes.Ldc_I4, isShared ? 1 : _registers.Lanes);
        _il.Emit(OpCodes.Ldc_I4, (int)node.Inputs[^1].DType);
        PushBlock(0);
        _il.Emit(OpCodes.Ldc_I4, (int)node.DType);
        Call(nameof(LaneCalls.Call));
        PushBlock(0);
        var element = Registers.Element(node.DType);
        if (isShared) _il.Emit(Indirect(element));
        _il.Emit(OpCodes.Call, isShared ? _registers.Create(element) : _registers.Load(element));
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
    }

    static bool IsZero(Size size) => size is { IsSlot: false, Value: 0 };

    void Push(Size size)
    {
        if (!size.IsSlot)
        {
            _il.Emit(OpCodes.Ldc_I8, size.Value);
            return;
        }
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)size.Value * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I8);
    }

    void PushBytes(Size size, int bytes)
    {
        Push(size);
        _il.Emit(OpCodes.Ldc_I8, (long)bytes);
        _il.Emit(OpCodes.Mul);
    }

    void PushLanes(bool isVarying)
    {
        if (isVarying && _lanes == Lanes.Part) _il.Emit(OpCodes.Ldloc, _remaining!);
        else _il.Emit(OpCodes.Ldc_I8, isVarying && _lanes == Lanes.Full ? (long)_registers.Lanes : 1L);
    }

    void PushBlock(int block)
    {
        _il.Emit(OpCodes.Ldloc, _scratch);
        if (block == 0) return;
        _il.Emit(OpCodes.Ldc_I4, block * Block);
        _il.Emit(OpCodes.Add);
    }

    void PushGuards()
    {
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldc_I4, Blocks * Block);
        _il.Emit(OpCodes.Add);
    }

    // Whether elements in memory are as wide as lanes.
    static bool IsWhole(DType dtype) => dtype != DType.Bool && !Registers.IsPacked(dtype);

    // With the two places on the stack.
    void Packing(string laneCall, DType dtype, int? lanes = null)
    {
        _il.Emit(OpCodes.Ldc_I4, (int)dtype);
        _il.Emit(OpCodes.Ldc_I4, lanes ?? _registers.Lanes);
        Call(laneCall);
    }

    void StoreBlock(int block, LocalBuilder value, Type element)
    {
        _il.Emit(OpCodes.Ldloc, value);
        PushBlock(block);
        _il.Emit(OpCodes.Call, _registers.Store(element));
    }

    void ClearBlock(int block)
    {
        PushBlock(block);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ldc_I4, Block);
        _il.Emit(OpCodes.Initblk);
    }

    static OpCode Indirect(Type element) =>
        element == typeof(float) ? OpCodes.Ldind_R4 : element == typeof(double) ? OpCodes.Ldind_R8 : element == typeof(long) ? OpCodes.Ldind_I8 : OpCodes.Ldind_I4;

    void Binary(OpCode operation, Action left, Action right, LocalBuilder target)
    {
        left();
        right();
        _il.Emit(operation);
        _il.Emit(OpCodes.Stloc, target);
    }

    void Call(string name, Type element, int arity) => _il.Emit(OpCodes.Call, _registers.Method(name, element, arity));

    void Call(string laneCall) => _il.Emit(OpCodes.Call, typeof(LaneCalls).GetMethod(laneCall, BindingFlags.Static | BindingFlags.Public)!);
}
