using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Backends.Il;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Emits scalar expressions for one thread of a device: the same expansion into primitives that the vector code has. Truth values are the integers 0 and 1.
/// Approximations of the device (its tanh and exp) are never used.
/// </summary>
sealed class ScalarCode(ILGenerator il, Func<Variable, LocalBuilder> variable)
{
    static readonly HashSet<ScalarFunction> Own = [.. ScalarFunctions.All];

    readonly List<Dictionary<Expr, LocalBuilder>> _scopes = [[]];   // values that are computed, from here outwards
    readonly Expansion _expansion = new();

    /// <summary>Whether there is code for everything in the expression, if need be without float64.</summary>
    public static bool Covers(Expr value, bool hasFloat64 = true) => Traversal.Topological([new Expansion().Of(value)])
        .All(node => (node is Leaf || node.Op is Map { Function: var function } && IsKnown(function, node)) && (hasFloat64 || !NeedsFloat64(node)));

    static bool NeedsFloat64(Expr node) => node.DType == DType.Float64 || node is not Leaf && MethodOf(node)?.ReturnType == typeof(double);

    static bool IsKnown(ScalarFunction function, Expr node) => function.Name switch
    {
        "add" or "sub" or "mul" or "neg" or "and" or "or" or "xor" or "invert" or "lt" or "le" or "gt" or "ge" or "eq" or "neq" or "switch" => true,
        "shl" or "shr" => node.Inputs[1] is Constant,
        "div" => node.DType.IsFloating(),
        "maximum" or "minimum" when node.DType == DType.Bool => true,
        _ => function.Types == ScalarTypes.Conversion || MethodOf(node) is not null,
    };

    /// <summary>The type of a value in code: small integers are held in 32 bits, 16-bit floats as float32, unsigned numbers by their bits.</summary>
    public static Type TypeOf(DType dtype) => dtype switch
    {
        DType.Float32 or DType.Float16 or DType.BFloat16 => typeof(float),
        DType.Float64 => typeof(double),
        DType.Int64 or DType.UInt64 => typeof(long),
        _ => typeof(int),
    };

    /// <summary>What is computed until it is disposed is forgotten then.</summary>
    public IDisposable Scope()
    {
        _scopes.Add([]);
        return new EndOfScope(_scopes);
    }

    /// <summary>Leaves the value on the stack.</summary>
    public void Push(Expr value)
    {
        var expanded = _expansion.Of(value);
        foreach (var node in Traversal.Topological([expanded], e => Known(e) is not null ? [] : e.Inputs.AsSpan()))
        {
            if (node is Leaf || Known(node) is not null) continue;
            EmitNode(node);
            il.Emit(OpCodes.Stloc, _scopes[^1][node] = il.DeclareLocal(TypeOf(node.DType)));
        }
        Operand(expanded);
    }

    LocalBuilder? Known(Expr expr)
    {
        for (var i = _scopes.Count - 1; i >= 0; i--)
            if (_scopes[i].TryGetValue(expr, out var local)) return local;
        return null;
    }

    void Operand(Expr expr)
    {
        switch (expr)
        {
            case Variable v: il.Emit(OpCodes.Ldloc, variable(v)); break;
            case Constant c: Literal(c.Value.Number(0), c.DType); break;
            default: il.Emit(OpCodes.Ldloc, Known(expr)!); break;
        }
    }

    /// <summary>Leaves a number on the stack.</summary>
    public void Literal(Number number, DType dtype)
    {
        switch (dtype)
        {
            case DType.Float32 or DType.Float16 or DType.BFloat16: il.Emit(OpCodes.Ldc_R4, (float)number.Real); break;
            case DType.Float64: il.Emit(OpCodes.Ldc_R8, number.Real); break;
            case DType.Int64 or DType.UInt64: il.Emit(OpCodes.Ldc_I8, number.Integer); break;
            case DType.Bool: il.Emit(number.IsTrue ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0); break;
            default: il.Emit(OpCodes.Ldc_I4, (int)number.Integer); break;
        }
    }

    void EmitNode(Expr node)
    {
        var function = ((Map)node.Op!).Function;
        var dtype = node.Inputs[^1].DType;
        if (function.Types == ScalarTypes.Conversion && function.Name is not ("bits" or "frombits"))
        {
            Operand(node.Inputs[0]);
            Cast(node.Inputs[0].DType, node.DType);
            return;
        }
        switch (function.Name)
        {
            case "switch":
                Choose(() => Operand(node.Inputs[0]), () => Operand(node.Inputs[1]), () => Operand(node.Inputs[2]), TypeOf(node.DType));
                return;
            case "shl" or "shr":
                Operand(node.Inputs[0]);
                il.Emit(OpCodes.Ldc_I4, (int)((Constant)node.Inputs[1]).Value.Number(0).Integer);
                il.Emit(function.Name == "shl" ? OpCodes.Shl : OpCodes.Shr_Un);
                return;
        }
        if (MethodOf(node) is { } method)
        {
            Call(method, node);
            return;
        }
        foreach (var input in node.Inputs) Operand(input);
        switch (function.Name)
        {
            case "add" when dtype == DType.Bool: il.Emit(OpCodes.Or); break;
            case "mul" when dtype == DType.Bool: il.Emit(OpCodes.And); break;
            case "sub" when dtype == DType.Bool: il.Emit(OpCodes.Xor); break;
            case "maximum" when dtype == DType.Bool: il.Emit(OpCodes.Or); break;
            case "minimum" when dtype == DType.Bool: il.Emit(OpCodes.And); break;
            case "neg" when dtype == DType.Bool: break;
            case "invert" when dtype == DType.Bool:
                il.Emit(OpCodes.Ldc_I4_1);
                il.Emit(OpCodes.Xor);
                break;
            case "add": il.Emit(OpCodes.Add); break;
            case "sub": il.Emit(OpCodes.Sub); break;
            case "mul": il.Emit(OpCodes.Mul); break;
            case "div": il.Emit(OpCodes.Div); break;
            case "neg": il.Emit(OpCodes.Neg); break;
            case "and": il.Emit(OpCodes.And); break;
            case "or": il.Emit(OpCodes.Or); break;
            case "xor": il.Emit(OpCodes.Xor); break;
            case "invert": il.Emit(OpCodes.Not); break;
            case "lt": il.Emit(dtype == DType.UInt64 ? OpCodes.Clt_Un : OpCodes.Clt); break;
            case "gt": il.Emit(dtype == DType.UInt64 ? OpCodes.Cgt_Un : OpCodes.Cgt); break;
            case "eq": il.Emit(OpCodes.Ceq); break;
            case "neq": il.Emit(OpCodes.Ceq); Not(); break;
            case "le": il.Emit(IsUnordered(dtype) ? OpCodes.Cgt_Un : OpCodes.Cgt); Not(); break;   // NaN is not less or equal
            case "ge": il.Emit(IsUnordered(dtype) ? OpCodes.Clt_Un : OpCodes.Clt); Not(); break;
            default: throw Missing(node);
        }
    }

    // Of floats the comparison that NaN fulfils, of integers the one of unsigned numbers.
    static bool IsUnordered(DType dtype) => dtype.IsFloating() || dtype == DType.UInt64;

    static CompileException Missing(Expr node) => new($"DeepSym broke an invariant: no device code for {node.Describe()}. Please report this.");

    void Not()
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }

    // A function of DeviceMath: by name, and by the types of its arguments, or by float64 for float32. A user's function may have the name of one of those.
    static MethodInfo? MethodOf(Expr node)
    {
        var function = ((Map)node.Op!).Function;
        if (!function.IsRare && !Own.Contains(function)) return null;
        var name = function.Name.Replace("_", "", StringComparison.Ordinal);
        Type[] types = [.. node.Inputs.Select(input => TypeOf(input.DType))];
        if (node.Inputs[^1].DType == DType.Bool) return null;
        if (node.Inputs[^1].DType == DType.UInt64 && Find(name + "Unsigned", types) is { } unsigned) return unsigned;
        return Find(name, types) ?? Find(name, [.. types.Select(type => type == typeof(float) ? typeof(double) : type)]);
    }

    static MethodInfo? Find(string name, Type[] types) =>
        typeof(DeviceMath).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.IgnoreCase, types) is { } method
        && method.GetParameters().Select(p => p.ParameterType).SequenceEqual(types) ? method : null;   // types that convert would be found too

    void Call(MethodInfo method, Expr node)
    {
        foreach (var (input, parameter) in node.Inputs.Zip(method.GetParameters()))
        {
            Operand(input);
            if (parameter.ParameterType != TypeOf(input.DType)) il.Emit(OpCodes.Conv_R8);
        }
        il.Emit(OpCodes.Call, method);
        if (method.ReturnType != TypeOf(node.DType)) il.Emit(OpCodes.Conv_R4);
    }

    /// <summary>Leaves one of two values on the stack.</summary>
    public void Choose(Action condition, Action whenTrue, Action whenFalse, Type type)
    {
        var (other, end) = (il.DefineLabel(), il.DefineLabel());
        var result = il.DeclareLocal(type);
        condition();
        il.Emit(OpCodes.Brfalse, other);
        whenTrue();
        il.Emit(OpCodes.Stloc, result);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(other);
        whenFalse();
        il.Emit(OpCodes.Stloc, result);
        il.MarkLabel(end);
        il.Emit(OpCodes.Ldloc, result);
    }

    // Floats become integers by truncation, at the ends by saturation; integers wrap around.
    void Cast(DType from, DType to)
    {
        if (from == to) return;
        if (to == DType.Bool)
        {
            Literal(default, from);
            il.Emit(OpCodes.Ceq);
            Not();
            return;
        }
        if (from == DType.UInt32 && (to.Size() > 4 || to.IsFloating()))
        {
            il.Emit(OpCodes.Conv_I8);
            il.Emit(OpCodes.Ldc_I8, (long)uint.MaxValue);
            il.Emit(OpCodes.And);
            from = DType.Int64;
        }
        switch (to)
        {
            case DType.Float32 or DType.Float16 or DType.BFloat16 when TypeOf(from) == typeof(float): break;
            case var _ when to.IsFloating() && from == DType.UInt64: il.Emit(OpCodes.Call, Method(to == DType.Float64 ? "RealOfUnsigned" : "SingleOfUnsigned", typeof(long))); break;
            case DType.Float32 or DType.Float16 or DType.BFloat16: il.Emit(OpCodes.Conv_R4); break;
            case DType.Float64: il.Emit(OpCodes.Conv_R8); break;
            case DType.Int64 or DType.UInt64 or DType.Int32 or DType.UInt32 when from.IsFloating():
                il.Emit(OpCodes.Call, Method((to.IsSigned() ? "Integer" : "Unsigned") + 8 * to.Size(), TypeOf(from)));
                break;
            case DType.Int64 or DType.UInt64: il.Emit(OpCodes.Conv_I8); break;
            case DType.Int32 or DType.UInt32: il.Emit(OpCodes.Conv_I4); break;
            default: Narrow(from, to); break;
        }
    }

    // To an integer of 8 or 16 bits.
    void Narrow(DType from, DType to)
    {
        var bits = 8 * to.Size();
        if (from.IsFloating()) il.Emit(OpCodes.Call, Method(nameof(DeviceMath.Integer32), TypeOf(from)));
        else if (TypeOf(from) != typeof(int)) il.Emit(OpCodes.Conv_I4);
        if (from.IsFloating())
        {
            il.Emit(OpCodes.Ldc_I4, to.IsSigned() ? -(1 << (bits - 1)) : 0);
            il.Emit(OpCodes.Call, Method(nameof(DeviceMath.Maximum), typeof(int), typeof(int)));
            il.Emit(OpCodes.Ldc_I4, (1 << (to.IsSigned() ? bits - 1 : bits)) - 1);
            il.Emit(OpCodes.Call, Method(nameof(DeviceMath.Minimum), typeof(int), typeof(int)));
        }
        else if (to.IsSigned())
        {
            il.Emit(OpCodes.Ldc_I4, 32 - bits);
            il.Emit(OpCodes.Shl);
            il.Emit(OpCodes.Ldc_I4, 32 - bits);
            il.Emit(OpCodes.Shr);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, (1 << bits) - 1);
            il.Emit(OpCodes.And);
        }
    }

    static MethodInfo Method(string name, params Type[] types) => typeof(DeviceMath).GetMethod(name, types)!;

    /// <summary>Leaves an element on the stack, whose address is there.</summary>
    public void Load(DType dtype)
    {
        il.Emit(dtype switch
        {
            DType.Bool or DType.UInt8 => OpCodes.Ldind_U1,
            DType.Int8 => OpCodes.Ldind_I1,
            DType.Int16 => OpCodes.Ldind_I2,
            DType.UInt16 or DType.Float16 or DType.BFloat16 => OpCodes.Ldind_U2,
            DType.Float32 => OpCodes.Ldind_R4,
            DType.Float64 => OpCodes.Ldind_R8,
            DType.Int64 or DType.UInt64 => OpCodes.Ldind_I8,
            _ => OpCodes.Ldind_I4,
        });
        if (dtype is DType.Float16 or DType.BFloat16) il.Emit(OpCodes.Call, Method("From" + dtype, typeof(int)));
    }

    /// <summary>Stores the value on the stack at the address below it.</summary>
    public void Store(DType dtype)
    {
        if (dtype is DType.Float16 or DType.BFloat16) il.Emit(OpCodes.Call, Method("To" + dtype, typeof(float)));
        il.Emit(dtype switch
        {
            DType.Float32 => OpCodes.Stind_R4,
            DType.Float64 => OpCodes.Stind_R8,
            _ => dtype.Size() switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 },
        });
    }

    /// <summary>Combines two values on the stack as a reduction does.</summary>
    public void Combine(Monoid monoid, DType dtype)
    {
        switch (monoid)
        {
            case Monoid.Sum when dtype != DType.Bool: il.Emit(OpCodes.Add); break;
            case Monoid.Product when dtype != DType.Bool: il.Emit(OpCodes.Mul); break;
            case Monoid.Sum or Monoid.Any: il.Emit(OpCodes.Or); break;
            case Monoid.Product or Monoid.All: il.Emit(OpCodes.And); break;
            case Monoid.Max when dtype == DType.Bool: il.Emit(OpCodes.Or); break;
            case Monoid.Min when dtype == DType.Bool: il.Emit(OpCodes.And); break;
            default:
                il.Emit(OpCodes.Call, Method((monoid == Monoid.Max ? "Maximum" : "Minimum") + (dtype == DType.UInt64 ? "Unsigned" : ""), TypeOf(dtype), TypeOf(dtype)));
                break;
        }
    }

    sealed class EndOfScope(List<Dictionary<Expr, LocalBuilder>> scopes) : IDisposable
    {
        public void Dispose() => scopes.RemoveAt(scopes.Count - 1);
    }
}
