using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>Accumulators: lanes of their own in the loop, combined after it.</summary>
sealed partial class KernelEmitter
{
    /// <summary>Where an accumulator lies, what a compensated sum has lost so far, and whether its lanes are combined at the end.</summary>
    readonly record struct Accumulation(Accumulator Of, LocalBuilder Value, LocalBuilder? Correction, bool IsHorizontal)
    {
        public Monoid Monoid => Of.Monoid;
    }

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

    void NewAccumulator(Accumulator accumulator, bool isHorizontal)
    {
        var dtype = accumulator.Result.DType;
        var type = _registers.Of(dtype);
        var isCompensated = accumulator.Monoid == Monoid.Sum && dtype == DType.Float32;
        _accumulators[accumulator.Result] = new(accumulator, _il.DeclareLocal(type), isCompensated ? _il.DeclareLocal(type) : null, isHorizontal);
    }

    void Neutralise(Variable result)
    {
        var (accumulator, value, correction, _) = _accumulators[result];
        PushNeutral(accumulator.Monoid, result.DType);
        _il.Emit(OpCodes.Stloc, value);
        if (correction is null) return;
        _scalars.Splat(0, Registers.Element(result.DType));
        _il.Emit(OpCodes.Stloc, correction);
    }

    // Gives the variable of an accumulator what was accumulated.
    void StoreResult(Variable result)
    {
        var (_, value, correction, isHorizontal) = _accumulators[result];
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

    // s + c, unless c was spoilt by an infinity: then s says it all. (c - c is 0 for a number.)
    void AddCorrection(LocalBuilder sum, LocalBuilder correction)
    {
        EmitBinary("Subtract", correction, correction);
        _scalars.Splat(0, typeof(float));
        Call("Equals", typeof(float), 2);
        EmitBinary("Add", sum, correction);
        _il.Emit(OpCodes.Ldloc, sum);
        Call("ConditionalSelect", typeof(float), 3);
    }

    void CombineLanes(Variable result)
    {
        var (accumulator, value, correction, _) = _accumulators[result];
        var element = Registers.Element(result.DType);
        _il.Emit(OpCodes.Ldloc, value);
        if (correction is not null) _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Call, correction is not null ? _registers.SumAcross() : _registers.CombineAcross(element, accumulator.Monoid));
        _il.Emit(OpCodes.Call, _registers.Create(element));
    }

    void EmitAccumulate(Accumulate accumulate)
    {
        var (accumulator, sum, correction, isHorizontal) = _accumulators[accumulate.Target];
        var monoid = accumulator.Monoid;
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
            if (accumulator.IsNeverNegative) EmitFastTwoSum(sum, correction, next);
            else EmitTwoSum(sum, correction, next);
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
        var (total, part) = EmitTotal(sum, next);
        _il.Emit(OpCodes.Ldloc, correction);
        _il.Emit(OpCodes.Ldloc, sum);
        EmitBinary("Subtract", total, part);
        Call("Subtract", typeof(float), 2);
        EmitBinary("Subtract", next, part);
        Call("Add", typeof(float), 2);
        EmitCorrection(sum, correction, total);
    }

    // t = s + x; c += x - (t - s); s = t (Dekker): exact where x <= s. Where x is larger, an ulp of it may be lost, and the sum at least doubles: all such losses are less than
    // two ulps of what it becomes.
    void EmitFastTwoSum(LocalBuilder sum, LocalBuilder correction, LocalBuilder next)
    {
        var (total, part) = EmitTotal(sum, next);
        _il.Emit(OpCodes.Ldloc, correction);
        EmitBinary("Subtract", next, part);
        EmitCorrection(sum, correction, total);
    }

    // t = s + x and t - s
    (LocalBuilder Total, LocalBuilder Part) EmitTotal(LocalBuilder sum, LocalBuilder next)
    {
        var (total, part) = (_il.DeclareLocal(_registers.Of(typeof(float))), _il.DeclareLocal(_registers.Of(typeof(float))));
        EmitBinary("Add", sum, next);
        _il.Emit(OpCodes.Stloc, total);
        EmitBinary("Subtract", total, sum);
        _il.Emit(OpCodes.Stloc, part);
        return (total, part);
    }

    // c += what was lost, which lies on the stack with c; s = t
    void EmitCorrection(LocalBuilder sum, LocalBuilder correction, LocalBuilder total)
    {
        Call("Add", typeof(float), 2);
        _il.Emit(OpCodes.Stloc, correction);
        _il.Emit(OpCodes.Ldloc, total);
        _il.Emit(OpCodes.Stloc, sum);
    }

    void EmitBinary(string name, LocalBuilder x, LocalBuilder y)
    {
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Ldloc, y);
        Call(name, typeof(float), 2);
    }
}
