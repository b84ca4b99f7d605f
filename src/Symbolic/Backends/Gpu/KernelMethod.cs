using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Emits a loop nest as a static method that ILGPU compiles for a device: parameters are the sizes, the range of the root loop, and a view for each buffer.
/// Each index of the root loop belongs to a thread, or to a row or column of the threads of a group: those share the loops inside and combine what they reduce by a
/// tree in shared memory, in an order that depends on nothing but sizes.
/// </summary>
sealed partial class KernelMethod
{
    /// <summary>How many parameters stand before the buffers.</summary>
    public const int FirstBuffer = 3;

    static readonly MethodInfo Barrier = typeof(Group).GetMethod(nameof(Group.Barrier))!;

    readonly LoopNest _nest;
    readonly ILGenerator _il;
    readonly int _groupSize;
    readonly Sharing _sharing;
    readonly ScalarCode _scalars;
    readonly Dictionary<Variable, LocalBuilder> _variables = [];
    readonly Dictionary<Variable, (LocalBuilder Value, LocalBuilder? Correction, Monoid Monoid)> _accumulators = [];
    readonly Dictionary<int, LocalBuilder> _indices = [];
    readonly Dictionary<long, LocalBuilder> _slots = [];
    readonly Dictionary<(Type, int), LocalBuilder> _shared = [];
    (int Buffer, LocalBuilder Value)? _given;   // a buffer whose element is in a local
    LocalBuilder? _number;     // of the thread in its group, where threads share
    LocalBuilder? _taken;      // the index of the root loop, where threads share
    LocalBuilder? _isActive;   // 1 where threads have an index of the root loop, 0 beyond its end: they only wait with the others
    bool _isVarying;   // inside a shared loop: threads are at different indices

    KernelMethod(LoopNest nest, ILGenerator il, int groupSize, Sharing sharing)
    {
        (_nest, _il, _groupSize, _sharing) = (nest, il, groupSize, sharing);
        _scalars = new ScalarCode(il, variable => _variables[variable]);
    }

    /// <summary>Whether devices have code for everything in the nest, if need be without float64.</summary>
    public static bool Covers(LoopNest nest, bool hasFloat64 = true) => Statements(nest.Root).All(statement => statement switch
    {
        Compute compute => ScalarCode.Covers(compute.Value, hasFloat64),
        Accumulate accumulate => ScalarCode.Covers(accumulate.Value, hasFloat64),
        Store store => ScalarCode.Covers(store.Value, hasFloat64),
        _ => true,
    });

    /// <summary>The nest as a method for groups of so many threads.</summary>
    public static MethodInfo Of(LoopNest nest, int groupSize)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("DeepSym.Kernels"), AssemblyBuilderAccess.RunAndCollect);
        var type = assembly.DefineDynamicModule("kernels").DefineType("Kernels", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var method = type.DefineMethod("Kernel", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(ArrayView<long>), typeof(long), typeof(long), .. nest.Buffers.Select(ViewOf)]);
        new KernelMethod(nest, method.GetILGenerator(), groupSize, GroupSharing.Of(nest)).Emit();
        return type.CreateType().GetMethod("Kernel")!;
    }

    /// <summary>The nest of an epilogue inside another method, whose first parameters are the same; its sizes are read here.</summary>
    public static KernelMethod Within(LoopNest nest, ILGenerator il)
    {
        var method = new KernelMethod(nest, il, groupSize: 1, Sharing.None);
        method.ReadSizes();
        return method;
    }

    /// <summary>The body for one row and column (int64), where buffer <paramref name="given"/> has <paramref name="value"/>.</summary>
    public void EmitElement(LocalBuilder row, LocalBuilder column, int given, LocalBuilder value)
    {
        _given = (given, value);
        using var scope = _scalars.Scope();
        SplitRoot(row, _il.DeclareLocal(typeof(long)));
        foreach (var statement in _nest.Root.Body)
            if (statement is Loop { Axes: [var axis] } loop)
            {
                _indices[axis.Axis] = column;
                Emit(loop.Body);
            }
            else Emit([statement]);
    }

    /// <summary>A statement and all within it.</summary>
    public static IEnumerable<Statement> Statements(Statement statement) => statement switch
    {
        Loop loop => loop.Body.SelectMany(Statements).Prepend(loop),
        Reduction reduction => reduction.Body.SelectMany(Statements).Prepend(reduction),
        Owned owned => owned.Body.SelectMany(Statements).Prepend(owned),
        _ => [statement],
    };

    static Type ViewOf(DType dtype) => typeof(ArrayView<>).MakeGenericType(ElementOf(dtype));

    /// <summary>The type of an element in memory: of what has no type of its own, that of its bits.</summary>
    public static Type ElementOf(DType dtype) => dtype switch
    {
        DType.Float32 => typeof(float),
        DType.Float64 => typeof(double),
        _ => dtype.Size() switch { 1 => typeof(byte), 2 => typeof(short), 4 => typeof(int), _ => typeof(long) },
    };

    void Emit()
    {
        ReadSizes();
        if (IsShared)
        {
            foreach (var (type, number) in SharedBlocks()) AllocateShared(type, number);
            Number();
        }
        var (flat, rest) = (_il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)));
        For(flat, Begin, () => _il.Emit(OpCodes.Ldarg_2), Step, () =>
        {
            if (IsShared) TakeIndex(flat);
            SplitRoot(IsShared ? _taken! : flat, rest);
            Emit(_nest.Root.Body);
        });
        _il.Emit(OpCodes.Ret);

        // Threads that share run the loop together.
        void Begin()
        {
            Property(typeof(Grid), nameof(Grid.IdxX));
            PushThreads(isOwner: true);
            _il.Emit(OpCodes.Mul);
            if (!IsShared)
            {
                PushThread(isOwner: true);
                _il.Emit(OpCodes.Add);
            }
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Add);
        }

        void Step()
        {
            Property(typeof(Grid), nameof(Grid.DimX));
            PushThreads(isOwner: true);
            _il.Emit(OpCodes.Mul);
        }
    }

    bool IsShared => _sharing != Sharing.None;

    // The thread's place in its group: along the dimension whose threads have indices of the root loop of their own, or along the one whose threads share.
    void PushThread(bool isOwner) => Property(typeof(Group), isOwner == (_sharing == Sharing.Vectors) ? nameof(Group.IdxY) : nameof(Group.IdxX));

    void PushThreads(bool isOwner) => Property(typeof(Group), isOwner == (_sharing == Sharing.Vectors) ? nameof(Group.DimY) : nameof(Group.DimX));

    // Beyond the end it is the last one.
    void TakeIndex(LocalBuilder first)
    {
        _taken ??= _il.DeclareLocal(typeof(long));
        _isActive ??= _il.DeclareLocal(typeof(long));
        _il.Emit(OpCodes.Ldloc, first);
        PushThread(isOwner: true);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _taken);
        _il.Emit(OpCodes.Ldloc, _taken);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Clt);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, _isActive);
        _il.Emit(OpCodes.Ldloc, _taken);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.Minimum), [typeof(long), typeof(long)])!);
        _il.Emit(OpCodes.Stloc, _taken);
    }

    void ReadSizes()
    {
        foreach (var slot in Sizes().Where(s => s.IsSlot).Select(s => s.Value).Distinct())
        {
            _slots[slot] = _il.DeclareLocal(typeof(long));
            _il.Emit(OpCodes.Ldarga_S, (byte)0);
            _il.Emit(OpCodes.Ldc_I8, slot);
            _il.Emit(OpCodes.Call, Item(typeof(ArrayView<long>)));
            _il.Emit(OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Stloc, _slots[slot]);
        }
    }

    // The index of the root loop as those of its axes.
    void SplitRoot(LocalBuilder flat, LocalBuilder rest)
    {
        var axes = _nest.Root.Axes;
        foreach (var axis in axes) _indices[axis.Axis] = _il.DeclareLocal(typeof(long));
        Move(flat, rest);
        for (var k = axes.Count - 1; k > 0; k--)
        {
            Binary(OpCodes.Rem, rest, axes[k].Extent, _indices[axes[k].Axis]);
            Binary(OpCodes.Div, rest, axes[k].Extent, rest);
        }
        Move(rest, _indices[axes[0].Axis]);
    }

    IEnumerable<Size> Sizes() => Statements(_nest.Root).SelectMany(statement => statement switch
    {
        Loop loop => loop.Axes.Select(a => a.Extent),
        Load load => SizesOf(load.Source),
        Store store => SizesOf(store.Target),
        Owned owned => SizesOf(owned.Indices),
        _ => [],
    });

    static IEnumerable<Size> SizesOf(EquatableArray<DynamicIndex> indices) => indices.SelectMany(index => new[] { index.Limit, index.Stride });

    static IEnumerable<Size> SizesOf(Access access) =>
        [access.Offset, .. access.Terms.Select(t => t.Stride), .. SizesOf(access.Dynamic),
         .. access.Guards.SelectMany(g => g.Terms.Select(t => t.Stride).Concat([g.Offset, g.Limit, g.Stride]))];

    // ---- loops

    void Emit(IEnumerable<Statement> body)
    {
        foreach (var statement in body)
            switch (statement)
            {
                case Loop loop: EmitLoop(loop, 0); break;
                case Load load: EmitLoad(load); break;
                case LoadIndex index:
                    Move(_indices[index.Axis], Local(index.Target));
                    break;
                case Compute compute:
                    _scalars.Push(compute.Value);
                    _il.Emit(OpCodes.Stloc, Local(compute.Target));
                    break;
                case Store store: EmitStore(store); break;
                case Owned owned: EmitOwned(owned); break;
                case Reduction reduction: EmitReduction(reduction); break;
                case Accumulate accumulate: EmitAccumulate(accumulate); break;
            }
    }

    void EmitLoop(Loop loop, int from)
    {
        if (from == loop.Axes.Count)
        {
            Emit(loop.Body);
            return;
        }
        var axis = loop.Axes[from];
        var index = _indices[axis.Axis] = _il.DeclareLocal(typeof(long));
        if (IsDivided(loop) && !_isVarying)
        {
            var end = _il.DeclareLocal(typeof(long));
            Push(axis.Extent);
            _il.Emit(OpCodes.Ldloc, _isActive!);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, end);
            _isVarying = true;
            For(index, () => PushThread(isOwner: false), () => _il.Emit(OpCodes.Ldloc, end), () => PushThreads(isOwner: false), () => EmitLoop(loop, from + 1));
            _isVarying = false;
            if (Statements(loop).Any(s => s is Store)) _il.Emit(OpCodes.Call, Barrier);   // others may read it next
        }
        else For(index, () => _il.Emit(OpCodes.Ldc_I4_0), () => Push(axis.Extent), () => _il.Emit(OpCodes.Ldc_I4_1), () => EmitLoop(loop, from + 1));
    }

    // Whether threads that share have some of the indices each.
    bool IsDivided(Statement statement) => statement is Loop { Kind: var kind } && (_sharing == Sharing.Columns || _sharing == Sharing.Vectors && kind == LoopKind.Vector);

    // Begin and step are integers on the stack.
    void For(LocalBuilder index, Action begin, Action end, Action step, Action body)
    {
        var (top, test) = (_il.DefineLabel(), _il.DefineLabel());
        begin();
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, index);
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(top);
        using (_scalars.Scope()) body();
        _il.Emit(OpCodes.Ldloc, index);
        step();
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, index);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, index);
        end();
        _il.Emit(OpCodes.Blt, top);
    }

    // ---- reductions

    void EmitReduction(Reduction reduction)
    {
        var isShared = !_isVarying && reduction.Body.SelectMany(Statements).Any(IsDivided);
        foreach (var (result, monoid) in reduction.Accumulators)
        {
            var type = ScalarCode.TypeOf(result.DType);
            var correction = monoid == Monoid.Sum && result.DType == DType.Float32 ? _il.DeclareLocal(type) : null;
            var value = _il.DeclareLocal(type);
            _scalars.Literal(Neutral(monoid, result.DType), result.DType);
            _il.Emit(OpCodes.Stloc, value);
            if (correction is not null)
            {
                _il.Emit(OpCodes.Ldc_R4, 0f);
                _il.Emit(OpCodes.Stloc, correction);
            }
            _accumulators[result] = (value, correction, monoid);
        }
        Emit(reduction.Body);
        foreach (var (result, monoid) in reduction.Accumulators)
        {
            var (value, correction, _) = _accumulators[result];
            if (isShared) CombineThreads(value, correction, monoid, result.DType);
            _il.Emit(OpCodes.Ldloc, value);
            if (correction is not null)
            {
                _il.Emit(OpCodes.Ldloc, correction);
                _il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.Corrected))!);
            }
            _il.Emit(OpCodes.Stloc, Local(result));
        }
    }

    static Number Neutral(Monoid monoid, DType dtype) => monoid switch
    {
        Monoid.Product => new Number(1, 1),
        Monoid.All => new Number(1, 1),
        Monoid.Max => new Number(double.NegativeInfinity, dtype switch { DType.Int64 => long.MinValue, DType.UInt64 or DType.Bool => 0, _ => int.MinValue }),
        Monoid.Min => new Number(double.PositiveInfinity, dtype switch { DType.Int64 => long.MaxValue, DType.UInt64 => -1, DType.Bool => 1, _ => int.MaxValue }),
        _ => new Number(0, 0),
    };

    void EmitAccumulate(Accumulate accumulate)
    {
        var (sum, correction, monoid) = _accumulators[accumulate.Target];
        if (correction is null)
        {
            _il.Emit(OpCodes.Ldloc, sum);
            _scalars.Push(accumulate.Value);
            _scalars.Combine(monoid, accumulate.Target.DType);
            _il.Emit(OpCodes.Stloc, sum);
            return;
        }
        var next = _il.DeclareLocal(typeof(float));
        _scalars.Push(accumulate.Value);
        _il.Emit(OpCodes.Stloc, next);
        AddCompensated(sum, correction, next);
    }

    // c += the rounding error of s + x; s = s + x (Knuth's two-sum)
    void AddCompensated(LocalBuilder sum, LocalBuilder correction, LocalBuilder next)
    {
        _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldloc, next);
        _il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.RoundingError))!);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, correction);
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldloc, next);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, sum);
    }

    // Halves of those that share add to each other until the first has everything, which all then read.
    void CombineThreads(LocalBuilder value, LocalBuilder? correction, Monoid monoid, DType dtype)
    {
        var type = ScalarCode.TypeOf(dtype);
        var values = _shared[(type, 0)];
        var corrections = correction is null ? null : _shared[(type, 1)];
        Put(values, value, type);
        if (corrections is not null) Put(corrections, correction!, type);
        _il.Emit(OpCodes.Call, Barrier);
        var (half, other, top, test, done) = (_il.DeclareLocal(typeof(int)), _il.DeclareLocal(type), _il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
        // Each round reads its own values again: what a loop carries ILGPU orders in another way each time, and texts are compared.
        PushThreads(isOwner: false);
        _il.Emit(OpCodes.Stloc, half);
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(top);
        PushThread(isOwner: false);
        _il.Emit(OpCodes.Ldloc, half);
        _il.Emit(OpCodes.Bge, done);
        Get(values, null, type);
        _il.Emit(OpCodes.Stloc, value);
        Get(values, half, type);
        _il.Emit(OpCodes.Stloc, other);
        if (corrections is null)
        {
            _il.Emit(OpCodes.Ldloc, value);
            _il.Emit(OpCodes.Ldloc, other);
            _scalars.Combine(monoid, dtype);
            _il.Emit(OpCodes.Stloc, value);
        }
        else
        {
            Get(corrections, null, type);
            _il.Emit(OpCodes.Stloc, correction!);
            AddCompensated(value, correction!, other);
            _il.Emit(OpCodes.Ldloc, correction!);
            Get(corrections, half, type);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, correction!);
            Put(corrections, correction!, type);
        }
        Put(values, value, type);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Call, Barrier);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, half);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Shr);
        _il.Emit(OpCodes.Stloc, half);
        _il.Emit(OpCodes.Ldloc, half);
        _il.Emit(OpCodes.Brtrue, top);
        First(values, value, type);
        if (corrections is not null) First(corrections, correction!, type);
        _il.Emit(OpCodes.Call, Barrier);
    }

    IEnumerable<(Type, int)> SharedBlocks() => Statements(_nest.Root).OfType<Reduction>().SelectMany(r => r.Accumulators)
        .SelectMany(a => a.Monoid == Monoid.Sum && a.Result.DType == DType.Float32 ? [(typeof(float), 0), (typeof(float), 1)] : new[] { (ScalarCode.TypeOf(a.Result.DType), 0) }).Distinct();

    void AllocateShared(Type type, int number)
    {
        var view = _shared[(type, number)] = _il.DeclareLocal(typeof(ArrayView<>).MakeGenericType(type));
        _il.Emit(OpCodes.Ldc_I4, _groupSize);
        _il.Emit(OpCodes.Call, typeof(SharedMemory).GetMethod(nameof(SharedMemory.Allocate), [typeof(int)])!.MakeGenericMethod(type));
        _il.Emit(OpCodes.Stloc, view);
    }

    void Put(LocalBuilder view, LocalBuilder value, Type type)
    {
        _il.Emit(OpCodes.Ldloca, view);
        _il.Emit(OpCodes.Ldloc, _number!);
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stobj, type);
    }

    // What the thread itself has put, or the one that is so many further on among those that share.
    void Get(LocalBuilder view, LocalBuilder? distance, Type type)
    {
        _il.Emit(OpCodes.Ldloca, view);
        _il.Emit(OpCodes.Ldloc, _number!);
        if (distance is not null)
        {
            _il.Emit(OpCodes.Ldloc, distance);
            if (_sharing == Sharing.Columns)
            {
                PushThreads(isOwner: true);
                _il.Emit(OpCodes.Mul);
            }
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldobj, type);
    }

    void First(LocalBuilder view, LocalBuilder value, Type type)
    {
        _il.Emit(OpCodes.Ldloca, view);
        PushThread(isOwner: true);
        if (_sharing == Sharing.Vectors)
        {
            PushThreads(isOwner: false);
            _il.Emit(OpCodes.Mul);
        }
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldobj, type);
        _il.Emit(OpCodes.Stloc, value);
    }

    // The thread's number in its group.
    void Number()
    {
        _number = _il.DeclareLocal(typeof(long));
        Property(typeof(Group), nameof(Group.IdxY));
        Property(typeof(Group), nameof(Group.DimX));
        _il.Emit(OpCodes.Mul);
        Property(typeof(Group), nameof(Group.IdxX));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, _number);
    }

    // ---- small things

    LocalBuilder Local(Variable variable)
    {
        if (!_variables.TryGetValue(variable, out var local)) _variables[variable] = local = _il.DeclareLocal(ScalarCode.TypeOf(variable.DType));
        return local;
    }

    void Push(Size size)
    {
        if (size.IsSlot) _il.Emit(OpCodes.Ldloc, _slots[size.Value]);
        else _il.Emit(OpCodes.Ldc_I8, size.Value);
    }

    void Move(LocalBuilder from, LocalBuilder to)
    {
        _il.Emit(OpCodes.Ldloc, from);
        _il.Emit(OpCodes.Stloc, to);
    }

    void Binary(OpCode code, LocalBuilder left, Size right, LocalBuilder result)
    {
        _il.Emit(OpCodes.Ldloc, left);
        Push(right);
        _il.Emit(code);
        _il.Emit(OpCodes.Stloc, result);
    }

    void Property(Type type, string name) => _il.Emit(OpCodes.Call, type.GetProperty(name)!.GetMethod!);

    static MethodInfo Item(Type view) => view.GetMethod("get_Item", [typeof(long)])!;
}
