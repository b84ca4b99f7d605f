using System.Reflection.Emit;

namespace DeepSym.Backends.Il;

/// <summary>Emits primitive scalar functions on registers. The arguments are pushed by the caller's delegate, the result is left on the stack.</summary>
sealed class ScalarEmitter(ILGenerator il, Registers registers)
{
    static readonly Dictionary<string, string> Same = new()
    {
        ["add"] = "Add", ["sub"] = "Subtract", ["mul"] = "Multiply", ["div"] = "Divide", ["neg"] = "Negate", ["abs"] = "Abs", ["sqrt"] = "Sqrt",
        ["maximum"] = "Max", ["minimum"] = "Min", ["fma"] = "FusedMultiplyAdd", ["floor"] = "Floor", ["ceil"] = "Ceiling", ["trunc"] = "Truncate",
        ["round_even"] = "Round", ["and"] = "BitwiseAnd", ["or"] = "BitwiseOr", ["xor"] = "Xor", ["invert"] = "OnesComplement",
    };

    static readonly Dictionary<string, string> OfTruth = new()
    {
        ["add"] = "BitwiseOr", ["mul"] = "BitwiseAnd", ["maximum"] = "BitwiseOr", ["minimum"] = "BitwiseAnd", ["and"] = "BitwiseAnd", ["or"] = "BitwiseOr",
        ["xor"] = "Xor", ["invert"] = "OnesComplement", ["sub"] = "Xor",
    };

    // What vector code does to the bits of unsigned 64-bit numbers as if they were signed.
    static readonly HashSet<string> SignedOrder = ["lt", "le", "gt", "ge", "maximum", "minimum", "abs"];

    static readonly Dictionary<string, string> Comparisons = new()
    {
        ["lt"] = "LessThan", ["le"] = "LessThanOrEqual", ["gt"] = "GreaterThan", ["ge"] = "GreaterThanOrEqual", ["eq"] = "Equals", ["neq"] = "Equals",
    };

    /// <summary>Emits the function when there is vector code for it, and says whether there is.</summary>
    public bool TryEmit(Expr node, Action<Expr> push)
    {
        var function = ((Map)node.Op!).Function;
        var inputs = node.Inputs;
        var dtype = inputs[^1].DType;
        var element = Registers.Element(dtype);
        if (!function.IsPrimitive || (dtype == DType.UInt64 && SignedOrder.Contains(function.Name))) return false;
        if (Comparisons.TryGetValue(function.Name, out var comparison))
        {
            var isMask = dtype == DType.Bool && function.Name is not ("eq" or "neq");   // all ones are true, and less than nothing as a number
            push(inputs[isMask ? 1 : 0]);
            push(inputs[isMask ? 0 : 1]);
            Call(comparison, element, 2);
            ToMask(element);
            if (function.Name == "neq") Call("OnesComplement", typeof(int), 1);
            return true;
        }
        switch (function.Name)
        {
            case "switch":
                push(inputs[0]);
                FromMask(element);
                push(inputs[1]);
                push(inputs[2]);
                Call("ConditionalSelect", element, 3);
                return true;
            case "shl" or "shr" when inputs[1] is Constant amount:
                push(inputs[0]);
                il.Emit(OpCodes.Ldc_I4, amount.Value.ToScalar<int>());
                il.Emit(OpCodes.Call, registers.Shift(function.Name == "shl" ? "ShiftLeft" : "ShiftRightLogical", element));
                return true;
            case "bits" or "frombits":
                push(inputs[0]);
                il.Emit(OpCodes.Call, registers.As(element, Registers.Element(node.DType)));
                return true;
            case "floordiv" when dtype.IsFloating():
                push(inputs[0]);
                push(inputs[1]);
                Call("Divide", element, 2);
                Call("Floor", element, 1);
                return true;
        }
        if (function.Types == ScalarTypes.Conversion) return TryCast(dtype, node.DType, () => push(inputs[0]));
        if (!(dtype == DType.Bool ? OfTruth : Same).TryGetValue(function.Name, out var name)) return false;
        foreach (var input in inputs) push(input);
        Call(name, element, inputs.Length);
        return true;
    }

    // Registers hold small integers in 32 bits, 16-bit floats as float32, and unsigned numbers by their bits.
    bool TryCast(DType from, DType to, Action push)
    {
        if (from == to) return TrySame(from, from, push);
        switch (from, to)
        {
            case (DType.Int8 or DType.UInt8 or DType.Int16 or DType.UInt16, _): return TryCast(DType.Int32, to, push);
            case (DType.Float16 or DType.BFloat16, _): return TryCast(DType.Float32, to, push);
            case (DType.Float32, DType.Float16 or DType.BFloat16): return TrySame(from, DType.Float32, push);
            case (DType.Int32, DType.UInt32) or (DType.UInt32, DType.Int32) or (DType.Int64, DType.UInt64) or (DType.UInt64, DType.Int64): push(); return true;
            case (DType.UInt32, DType.Bool): return TryCast(DType.Int32, to, push);
            case (DType.UInt64, _): return !to.IsFloating() && TryCast(DType.Int64, to, push);
            case (DType.UInt32, DType.Int8 or DType.UInt8 or DType.Int16 or DType.UInt16): return TryCast(DType.Int32, to, push);
            case (DType.UInt32, _):
                if (to.IsFloating()) return false;
                if (!TryCast(DType.Int32, DType.Int64, push)) return false;
                Splat(uint.MaxValue, typeof(long));
                Call("BitwiseAnd", typeof(long), 2);
                return TryCast(DType.Int64, to, () => { });
            case (_, DType.UInt32): return !from.IsFloating() && TryCast(from, DType.Int32, push);
            case (_, DType.UInt64): return !from.IsFloating() && TryCast(from, DType.Int64, push);
            case (_, DType.Int8 or DType.UInt8 or DType.Int16 or DType.UInt16):
                if (!TryCast(from, DType.Int32, push)) return false;
                if (from.IsFloating()) Clamp(to);
                else Wrap(to);
                return true;
            default: return TrySame(from, to, push);
        }
    }

    void Clamp(DType to)
    {
        var bits = 8 * to.Size();
        Splat(to.IsSigned() ? -(1 << (bits - 1)) : 0, typeof(int));
        Call("Max", typeof(int), 2);
        Splat((1 << (to.IsSigned() ? bits - 1 : bits)) - 1, typeof(int));
        Call("Min", typeof(int), 2);
    }

    void Wrap(DType to)
    {
        var bits = 8 * to.Size();
        if (!to.IsSigned())
        {
            Splat((1 << bits) - 1, typeof(int));
            Call("BitwiseAnd", typeof(int), 2);
            return;
        }
        foreach (var shift in new[] { "ShiftLeft", "ShiftRightArithmetic" })
        {
            il.Emit(OpCodes.Ldc_I4, 32 - bits);
            il.Emit(OpCodes.Call, registers.Shift(shift, typeof(int)));
        }
    }

    // Between bool and the dtypes that registers hold as they are.
    bool TrySame(DType from, DType to, Action push)
    {
        var (source, target) = (Registers.Element(from), Registers.Element(to));
        switch (from, to)
        {
            case var _ when from == to: push(); return true;
            case (DType.Float64, DType.Int32): return false;
            case (DType.Bool, _):
                push();
                Splat(1, typeof(int));
                Call("BitwiseAnd", typeof(int), 2);
                TrySame(DType.Int32, to, () => { });
                return true;
            case (_, DType.Bool):
                push();
                Splat(0, source);
                Call("Equals", source, 2);
                ToMask(source);
                Call("OnesComplement", typeof(int), 1);
                return true;
        }
        push();
        string[] steps = (from, to) switch
        {
            (DType.Float32, DType.Float64) => ["WidenFloat"],
            (DType.Float64, DType.Float32) => ["NarrowFloat"],
            (DType.Int32, DType.Int64) => ["WidenInteger"],
            (DType.Int64, DType.Int32) => ["NarrowInteger"],
            (DType.Int32, DType.Float32) => ["ConvertToSingle"],
            (DType.Int64, DType.Float64) => ["ConvertToDouble"],
            (DType.Float32, DType.Int32) => ["ConvertToInt32"],
            (DType.Float64, DType.Int64) => ["ConvertToInt64"],
            (DType.Float32, DType.Int64) => ["WidenFloat", "ConvertToInt64"],
            (DType.Int32, DType.Float64) => ["WidenInteger", "ConvertToDouble"],
            _ => ["ConvertToDouble", "NarrowFloat"],
        };
        var at = source;
        foreach (var step in steps)
        {
            if (!step.StartsWith("Convert", StringComparison.Ordinal)) il.Emit(OpCodes.Call, registers.Helper(step));
            else Call(step, at, 1);
            at = step switch { "WidenFloat" or "ConvertToDouble" => typeof(double), "WidenInteger" or "ConvertToInt64" => typeof(long), "ConvertToInt32" or "NarrowInteger" => typeof(int), _ => typeof(float) };
        }
        System.Diagnostics.Debug.Assert(at == target);
        return true;
    }

    /// <summary>A comparison's result as a mask of 32-bit lanes.</summary>
    public void ToMask(Type element)
    {
        if (element == typeof(int)) return;
        var isLong = element == typeof(double) || element == typeof(long);
        if (element != typeof(long)) il.Emit(OpCodes.Call, registers.As(element, isLong ? typeof(long) : typeof(int)));
        if (isLong) il.Emit(OpCodes.Call, registers.Helper("NarrowInteger"));
    }

    /// <summary>A mask of 32-bit lanes in the width of an element type.</summary>
    public void FromMask(Type element)
    {
        if (element == typeof(int)) return;
        var isLong = element == typeof(double) || element == typeof(long);
        if (isLong) il.Emit(OpCodes.Call, registers.Helper("WidenInteger"));
        if (element != typeof(long)) il.Emit(OpCodes.Call, registers.As(isLong ? typeof(long) : typeof(int), element));
    }

    /// <summary>All lanes one number.</summary>
    public void Splat(double value, Type element)
    {
        if (element == typeof(float)) il.Emit(OpCodes.Ldc_R4, (float)value);
        else if (element == typeof(double)) il.Emit(OpCodes.Ldc_R8, value);
        else if (element == typeof(long)) il.Emit(OpCodes.Ldc_I8, (long)value);
        else il.Emit(OpCodes.Ldc_I4, (int)value);
        il.Emit(OpCodes.Call, registers.Create(element));
    }

    /// <summary>A constant in all lanes.</summary>
    public void Constant(Constant constant)
    {
        var element = Registers.Element(constant.DType);
        var number = constant.Value.Number(0);
        if (constant.DType == DType.Bool) il.Emit(OpCodes.Ldc_I4, number.IsTrue ? -1 : 0);
        else if (element == typeof(int)) il.Emit(OpCodes.Ldc_I4, (int)number.Integer);
        else if (element == typeof(long)) il.Emit(OpCodes.Ldc_I8, number.Integer);
        else if (element == typeof(float)) il.Emit(OpCodes.Ldc_R4, (float)number.Real);
        else il.Emit(OpCodes.Ldc_R8, number.Real);
        il.Emit(OpCodes.Call, registers.Create(element));
    }

    void Call(string name, Type element, int arity) => il.Emit(OpCodes.Call, registers.Method(name, element, arity));
}
