using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>Accumulators: lanes of their own in the loop, combined after it.</summary>
sealed partial class KernelEmitter
{
    /// <summary>Where an accumulator lies, what a compensated sum has lost so far, and whether its lanes are combined at the end.</summary>
    readonly record struct Accumulation(LocalBuilder Value, LocalBuilder? Correction, Monoid Monoid, bool IsHorizontal);

    void EmitReduction(Reduction reduction)
    {
        var isHorizontal = _lanes == Lanes.Uniform && HasVectorLoop(reduction.Body);
        foreach (var (result, monoid) in reduction.Accumulators)
        {
            NewAccumulator(result, monoid, isHorizontal);
            Neutralise(result);
        }
        foreach (var statement in reduction.Body) Emit(statement);
        foreach (var (result, _) in reduction.Accumulators) StoreResult(result);

        static bool HasVectorLoop(IEnumerable<Statement> body) => body.Any(s => s is Loop loop && (loop.Kind == LoopKind.Vector || HasVectorLoop(loop.Body)));
    }

    void NewAccumulator(Variable result, Monoid monoid, bool isHorizontal)
    {
        var type = _registers.Of(result.DType);
        var isCompensated = monoid == Monoid.Sum && result.DType == DType.Float32;
        _accumulators[result] = new(_il.DeclareLocal(type), isCompensated ? _il.DeclareLocal(type) : null, monoid, isHorizontal);
    }

    void Neutralise(Variable result)
    {
        var (value, correction, monoid, _) = _accumulators[result];
        PushNeutral(monoid, result.DType);
        _il.Emit(OpCodes.Stloc, value);
        if (correction is null) return;
        _scalars.Splat(0, Registers.Element(result.DType));
        _il.Emit(OpCodes.Stloc, correction);
    }

    // Gives the variable of an accumulator what was accumulated.
    void StoreResult(Variable result)
    {
        var (value, correction, _, isHorizontal) = _accumulators[result];
        if (isHorizontal) CombineLanes(result);
        else if (correction is not null) AddCorrection(value, correction);
        else _il.Emit(OpCodes.Ldloc, value);
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

    // s + c, unless c was spoilt by an infinity: then s says it all.
    void AddCorrection(LocalBuilder sum, LocalBuilder correction)
    {
        _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Ldloc, correction);
        Call("Equals", typeof(float), 2);
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldloc, correction);
        Call("Add", typeof(float), 2);
        _il.Emit(OpCodes.Ldloc, sum);
        Call("ConditionalSelect", typeof(float), 3);
    }

    void CombineLanes(Variable result)
    {
        var (value, correction, monoid, _) = _accumulators[result];
        var element = Registers.Element(result.DType);
        _il.Emit(OpCodes.Ldloc, value);
        if (correction is not null) _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Call, correction is not null ? _registers.SumAcross() : _registers.CombineAcross(element, monoid));
        _il.Emit(OpCodes.Call, _registers.Create(element));
    }

    void EmitAccumulate(Accumulate accumulate)
    {
        var (sum, correction, monoid, isHorizontal) = _accumulators[accumulate.Target];
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
        if (correction is not null)
        {
            EmitTwoSum(sum, correction, next);
            return;
        }
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Ldloc, next);
        if (monoid is Monoid.Max or Monoid.Min) _il.Emit(OpCodes.Call, _registers.Extreme(monoid, element));
        else Call(monoid switch { Monoid.Sum => "Add", Monoid.Product => "Multiply", Monoid.All => "BitwiseAnd", _ => "BitwiseOr" }, element, 2);
        _il.Emit(OpCodes.Stloc, sum);
    }

    // t = s + x; z = t - s; c += (s - (t - z)) + (x - z); s = t (Knuth's two-sum)
    void EmitTwoSum(LocalBuilder sum, LocalBuilder correction, LocalBuilder next)
    {
        var (total, part) = (_il.DeclareLocal(_registers.Of(typeof(float))), _il.DeclareLocal(_registers.Of(typeof(float))));
        Op("Add", sum, next);
        _il.Emit(OpCodes.Stloc, total);
        Op("Subtract", total, sum);
        _il.Emit(OpCodes.Stloc, part);
        _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Ldloc, sum);
        Op("Subtract", total, part);
        Call("Subtract", typeof(float), 2);
        Op("Subtract", next, part);
        Call("Add", typeof(float), 2);
        Call("Add", typeof(float), 2);
        _il.Emit(OpCodes.Stloc, correction);
        _il.Emit(OpCodes.Ldloc, total);
        _il.Emit(OpCodes.Stloc, sum);

        void Op(string name, LocalBuilder x, LocalBuilder y)
        {
            _il.Emit(OpCodes.Ldloc, x);
            _il.Emit(OpCodes.Ldloc, y);
            Call(name, typeof(float), 2);
        }
    }
}
