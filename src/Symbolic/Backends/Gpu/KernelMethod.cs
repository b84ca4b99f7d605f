using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Emits a loop nest as a static method that ILGPU compiles for a device: parameters are the sizes, the range of the root loop, and a view for each buffer.
/// Flat kernels give each index of the root loop to a thread; grouped kernels give it to a group of threads, which share the vector loops inside and combine
/// what they reduce by a tree in shared memory, in an order that depends on nothing but the size of a group.
/// </summary>
sealed partial class KernelMethod
{
    /// <summary>How many parameters stand before the buffers.</summary>
    public const int FirstBuffer = 3;

    const int WorthGrouping = 32;   // elements of a vector loop below which one thread does it alone

    static readonly MethodInfo Barrier = typeof(Group).GetMethod(nameof(Group.Barrier))!;

    readonly LoopNest _nest;
    readonly ILGenerator _il;
    readonly int _groupSize;
    readonly bool _isGrouped;
    readonly ScalarCode _scalars;
    readonly Dictionary<Variable, LocalBuilder> _variables = [];
    readonly Dictionary<Variable, (LocalBuilder Value, LocalBuilder? Correction, Monoid Monoid)> _accumulators = [];
    readonly Dictionary<int, LocalBuilder> _indices = [];
    readonly Dictionary<long, LocalBuilder> _slots = [];
    readonly Dictionary<(Type, int), LocalBuilder> _shared = [];
    (int Buffer, LocalBuilder Value)? _given;   // a buffer whose element is in a local
    bool _isVarying;   // inside a vector loop: threads of the group are at different indices

    KernelMethod(LoopNest nest, ILGenerator il, int groupSize, bool isGrouped)
    {
        (_nest, _il, _groupSize, _isGrouped) = (nest, il, groupSize, isGrouped);
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

    /// <summary>Whether groups of threads share the indices of the root loop.</summary>
    public static bool IsGrouped(LoopNest nest) => nest.Root.Kind == LoopKind.Serial
        && Statements(nest.Root).OfType<Loop>().Any(l => l.Kind == LoopKind.Vector && (l.Axes[0].Extent.IsSlot || l.Axes[0].Extent.Value >= WorthGrouping));

    /// <summary>The nest as a method for groups of so many threads.</summary>
    public static MethodInfo Of(LoopNest nest, int groupSize)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("DeepSym.Kernels"), AssemblyBuilderAccess.RunAndCollect);
        var type = assembly.DefineDynamicModule("kernels").DefineType("Kernels", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var method = type.DefineMethod("Kernel", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(ArrayView<long>), typeof(long), typeof(long), .. nest.Buffers.Select(ViewOf)]);
        new KernelMethod(nest, method.GetILGenerator(), groupSize, IsGrouped(nest)).Emit();
        return type.CreateType().GetMethod("Kernel")!;
    }

    /// <summary>The nest of an epilogue inside another method, whose first parameters are the same; its sizes are read here.</summary>
    public static KernelMethod Within(LoopNest nest, ILGenerator il)
    {
        var method = new KernelMethod(nest, il, groupSize: 1, isGrouped: false);
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

    static IEnumerable<Statement> Statements(Statement statement) => statement switch
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
        if (_isGrouped) foreach (var (type, number) in SharedBlocks()) AllocateShared(type, number);
        var (flat, rest) = (_il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)));
        For(flat, Begin, () => _il.Emit(OpCodes.Ldarg_2), Step, () =>
        {
            SplitRoot(flat, rest);
            Emit(_nest.Root.Body);
        });
        _il.Emit(OpCodes.Ret);

        void Begin()
        {
            if (_isGrouped) Property(typeof(Grid), nameof(Grid.IdxX));
            else
            {
                Property(typeof(Grid), nameof(Grid.IdxX));
                Property(typeof(Group), nameof(Group.DimX));
                _il.Emit(OpCodes.Mul);
                Property(typeof(Group), nameof(Group.IdxX));
                _il.Emit(OpCodes.Add);
            }
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Add);
        }

        void Step()
        {
            Property(typeof(Grid), nameof(Grid.DimX));
            if (_isGrouped) return;
            Property(typeof(Group), nameof(Group.DimX));
            _il.Emit(OpCodes.Mul);
        }
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
        var isShared = _isGrouped && loop.Kind == LoopKind.Vector;
        if (isShared) _isVarying = true;
        For(index, () =>
        {
            if (isShared) Property(typeof(Group), nameof(Group.IdxX));
            else _il.Emit(OpCodes.Ldc_I4_0);
        }, () => Push(axis.Extent), () =>
        {
            if (isShared) Property(typeof(Group), nameof(Group.DimX));
            else _il.Emit(OpCodes.Ldc_I4_1);
        }, () => EmitLoop(loop, from + 1));
        if (!isShared) return;
        _isVarying = false;
        _il.Emit(OpCodes.Call, Barrier);
    }

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
        var isShared = _isGrouped && !_isVarying && reduction.Body.SelectMany(Statements).Any(s => s is Loop { Kind: LoopKind.Vector });
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

    // Halves of the group add to each other until thread 0 has everything, which all then read.
    void CombineThreads(LocalBuilder value, LocalBuilder? correction, Monoid monoid, DType dtype)
    {
        var type = ScalarCode.TypeOf(dtype);
        var values = _shared[(type, 0)];
        var corrections = correction is null ? null : _shared[(type, 1)];
        Put(values, value, type);
        if (corrections is not null) Put(corrections, correction!, type);
        _il.Emit(OpCodes.Call, Barrier);
        for (var half = _groupSize / 2; half > 0; half /= 2)
        {
            var done = _il.DefineLabel();
            Property(typeof(Group), nameof(Group.IdxX));
            _il.Emit(OpCodes.Ldc_I4, half);
            _il.Emit(OpCodes.Bge, done);
            var other = _il.DeclareLocal(type);
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
        }
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
        Property(typeof(Group), nameof(Group.IdxX));
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stobj, type);
    }

    void Get(LocalBuilder view, int distance, Type type)
    {
        _il.Emit(OpCodes.Ldloca, view);
        Property(typeof(Group), nameof(Group.IdxX));
        _il.Emit(OpCodes.Ldc_I4, distance);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldobj, type);
    }

    void First(LocalBuilder view, LocalBuilder value, Type type)
    {
        _il.Emit(OpCodes.Ldloca, view);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Call, Item(view.LocalType));
        _il.Emit(OpCodes.Ldobj, type);
        _il.Emit(OpCodes.Stloc, value);
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
