using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>Accumulators: lanes of their own in the loop, combined after it.</summary>
sealed partial class KernelEmitter
{
    readonly Dictionary<Variable, Load> _summed = [];   // loads of what is only added to a sum of float64

    /// <summary>
    /// Where an accumulator lies, for a sum of float32 the second half of its lanes (see <see cref="WideSums"/>), and whether its lanes are combined at the end.
    /// </summary>
    readonly record struct Accumulation(Monoid Monoid, LocalBuilder Value, LocalBuilder? UpperHalf, bool IsHorizontal);

    static bool IsWideSum(Accumulator accumulator) => accumulator is { Monoid: Monoid.Sum, Result.DType: DType.Float32 };

    void EmitReduction(Reduction reduction)
    {
        var isHorizontal = _lanes == Lanes.Uniform && HasVectorLoop(reduction.Body);
        foreach (var accumulator in reduction.Accumulators)
        {
            NewAccumulator(accumulator, isHorizontal);
            Neutralise(accumulator.Result);
        }
        if (reduction.Body is [Loop { Kind: LoopKind.Serial, Body: [Loop { Kind: LoopKind.Vector } row] } rows]) ReadPiecesAhead(row, rows.Axes[^1]);
        foreach (var statement in reduction.Body) Emit(statement);
        foreach (var (result, _) in reduction.Accumulators) StoreResult(result);

        static bool HasVectorLoop(IEnumerable<Statement> body) => body.Any(s => s is Loop loop && (loop.Kind == LoopKind.Vector || HasVectorLoop(loop.Body)));
    }

    // What a loop loads, adds to one sum of float64, and uses nowhere else: it is converted while it is loaded, where it is added.
    void FindSummed(Statement statement, EquatableArray<Accumulator> accumulators)
    {
        var body = statement switch { Loop loop => loop.Body, Reduction reduction => reduction.Body, _ => [] };
        if (statement is Reduction { Accumulators: var own }) accumulators = own;
        foreach (var inner in body) FindSummed(inner, accumulators);
        if (!body.All(s => s is Load or Compute or Accumulate)) return;
        foreach (var load in body.OfType<Load>())
        {
            var uses = body.Where(s => ValueOf(s) is { } value && Traversal.Topological([value]).Contains(load.Target)).ToArray();
            if (_nest.Buffers[load.Source.Buffer] == DType.Float32 && uses is [Accumulate { Value: Variable } sum] && accumulators.Any(a => a.Result == sum.Target && IsWideSum(a))) _summed[load.Target] = load;
        }
    }

    // Whether the load of whole vectors is left to the sum that they are added to.
    bool IsLeftToSum(Load load) =>
        _lanes == Lanes.Full && _summed.ContainsKey(load.Target) && load.Source.Guards.Count + load.Source.Dynamic.Count == 0 && load.Source.StrideOf(_vectorAxis) == Size.Of(1);

    void NewAccumulator(Accumulator accumulator, bool isHorizontal)
    {
        var isWide = IsWideSum(accumulator);
        var type = isWide ? _registers.OfWideSum : _registers.Of(accumulator.Result.DType);
        _accumulators[accumulator.Result] = new(accumulator.Monoid, _il.DeclareLocal(type), isWide ? _il.DeclareLocal(type) : null, isHorizontal);
    }

    void Neutralise(Variable result)
    {
        var (monoid, value, upperHalf, _) = _accumulators[result];
        PushNeutral();
        _il.Emit(OpCodes.Stloc, value);
        if (upperHalf is null) return;
        PushNeutral();
        _il.Emit(OpCodes.Stloc, upperHalf);

        void PushNeutral()
        {
            if (upperHalf is null) this.PushNeutral(monoid, result.DType);
            else _il.Emit(OpCodes.Call, _registers.OfWideSum.GetProperty("Zero")!.GetMethod!);
        }
    }

    // Gives the variable of an accumulator what was accumulated.
    void StoreResult(Variable result)
    {
        var (monoid, value, upperHalf, isHorizontal) = _accumulators[result];
        var element = Registers.Element(result.DType);
        _il.Emit(OpCodes.Ldloc, value);
        if (upperHalf is not null)
        {
            _il.Emit(OpCodes.Ldloc, upperHalf);
            _il.Emit(OpCodes.Call, _registers.WideSum(isHorizontal ? "Across" : "Narrow"));
        }
        else if (isHorizontal) _il.Emit(OpCodes.Call, _registers.CombineAcross(element, monoid));
        if (isHorizontal) _il.Emit(OpCodes.Call, _registers.Create(element));
        _il.Emit(OpCodes.Stloc, Local(result));
    }

    void PushNeutral(Monoid monoid, DType dtype)
    {
        var element = Registers.Element(dtype);
        switch (monoid)
        {
            case Monoid.All: _scalars.Splat(-1, element); break;
            case Monoid.Product: _scalars.Splat(1, element); break;
            case Monoid.Max or Monoid.Min when dtype.IsFloating(): _scalars.Splat(monoid == Monoid.Max ? double.NegativeInfinity : double.PositiveInfinity, element); break;
            case Monoid.Max or Monoid.Min:
                if (element == typeof(long)) _il.Emit(OpCodes.Ldc_I8, monoid == Monoid.Max ? long.MinValue : long.MaxValue);
                else _il.Emit(OpCodes.Ldc_I4, monoid == Monoid.Max ? int.MinValue : int.MaxValue);
                _il.Emit(OpCodes.Call, _registers.Create(element));
                break;
            default: _scalars.Splat(0, element); break;
        }
    }

    void EmitAccumulate(Accumulate accumulate)
    {
        var (monoid, sum, upperHalf, isHorizontal) = _accumulators[accumulate.Target];
        if (accumulate.Value is Variable loaded && _summed.TryGetValue(loaded, out var load) && IsLeftToSum(load))
        {
            EmitWideSum(sum, "AddAt", () => PushPlace(load.Source));
            EmitWideSum(upperHalf!, "AddAt", () => PushHalfway(load.Source));
            return;
        }
        var dtype = accumulate.Target.DType;
        var element = Registers.Element(dtype);
        var value = _expansion.Of(accumulate.Value);
        Evaluate(value);
        var next = _il.DeclareLocal(_registers.Of(element));
        if (_lanes == Lanes.Part && isHorizontal)
        {
            _il.Emit(OpCodes.Ldloc, _mask!);
            _scalars.FromMask(element);
            Push(value);
            PushNeutral(monoid, dtype);
            Call("ConditionalSelect", element, 3);
        }
        else Push(value);
        _il.Emit(OpCodes.Stloc, next);
        if (upperHalf is not null)
        {
            EmitWideSum(sum, "AddLower", () => _il.Emit(OpCodes.Ldloc, next));
            EmitWideSum(upperHalf, "AddUpper", () => _il.Emit(OpCodes.Ldloc, next));
            return;
        }
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldloc, next);
        if (monoid is Monoid.Max or Monoid.Min) _il.Emit(OpCodes.Call, _registers.Extreme(monoid, element));
        else Call(monoid switch { Monoid.Sum => "Add", Monoid.Product => "Multiply", Monoid.All => "BitwiseAnd", _ => "BitwiseOr" }, element, 2);
        _il.Emit(OpCodes.Stloc, sum);
    }

    void EmitWideSum(LocalBuilder sum, string method, Action pushNext)
    {
        _il.Emit(OpCodes.Ldloc, sum);
        pushNext();
        _il.Emit(OpCodes.Call, _registers.WideSum(method));
        _il.Emit(OpCodes.Stloc, sum);
    }

    void PushHalfway(Access source)
    {
        PushPlace(source);
        _il.Emit(OpCodes.Ldc_I4, _registers.Lanes / 2 * sizeof(float));
        _il.Emit(OpCodes.Add);
    }
}
