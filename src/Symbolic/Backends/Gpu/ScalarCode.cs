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
    readonly List<Dictionary<Expr, LocalBuilder>> _scopes = [[]];   // values that are computed, from here outwards
    readonly Expansion _expansion = new();

    /// <summary>Whether there is code for everything in the expression.</summary>
    public static bool Covers(Expr value) => Traversal.Topological([new Expansion().Of(value)]).All(node => IsHeld(node.DType) && (node is Leaf || node.Op is Map { Function: var f } && IsKnown(f.Name, node)));

    // The dtypes that devices store; kernels with others run on the host.
    static bool IsHeld(DType dtype) => dtype is DType.Bool or DType.Int32 or DType.Int64 or DType.Float32 or DType.Float64;

    static bool IsKnown(string name, Expr node) => name switch
    {
        "add" or "sub" or "mul" or "neg" or "abs" or "maximum" or "minimum" or "and" or "or" or "xor" or "invert" => true,
        "lt" or "le" or "gt" or "ge" or "eq" or "neq" or "switch" or "bits" or "frombits" => true,
        "div" or "fma" or "sqrt" or "floor" or "ceil" or "trunc" or "round_even" => node.DType.IsFloating(),
        "floordiv" => node.DType != DType.Bool,
        "shl" or "shr" => node.Inputs[1] is Constant,
        _ => ((Map)node.Op!).Function.Types == ScalarTypes.Conversion,
    };

    /// <summary>The type of a value in code.</summary>
    public static Type TypeOf(DType dtype) => dtype switch
    {
        DType.Float32 => typeof(float),
        DType.Float64 => typeof(double),
        DType.Int64 => typeof(long),
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
            case DType.Float32: il.Emit(OpCodes.Ldc_R4, (float)number.Real); break;
            case DType.Float64: il.Emit(OpCodes.Ldc_R8, number.Real); break;
            case DType.Int64: il.Emit(OpCodes.Ldc_I8, number.Integer); break;
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
        foreach (var input in node.Inputs) Operand(input);
        switch (function.Name)
        {
            case "add" when dtype == DType.Bool: il.Emit(OpCodes.Or); break;
            case "mul" when dtype == DType.Bool: il.Emit(OpCodes.And); break;
            case "sub" when dtype == DType.Bool: il.Emit(OpCodes.Xor); break;
            case "maximum" when dtype == DType.Bool: il.Emit(OpCodes.Or); break;
            case "minimum" when dtype == DType.Bool: il.Emit(OpCodes.And); break;
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
            case "lt": Compare(OpCodes.Clt); break;
            case "gt": Compare(OpCodes.Cgt); break;
            case "eq": il.Emit(OpCodes.Ceq); break;
            case "neq": il.Emit(OpCodes.Ceq); Not(); break;
            case "le": Compare(dtype.IsFloating() ? OpCodes.Cgt_Un : OpCodes.Cgt); Not(); break;   // unordered: NaN is not less or equal
            case "ge": Compare(dtype.IsFloating() ? OpCodes.Clt_Un : OpCodes.Clt); Not(); break;
            default: Call(function.Name, dtype, node.Inputs.Length); break;
        }
    }

    void Compare(OpCode code) => il.Emit(code);

    void Not()
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }

    // Functions of DeviceMath, by name.
    void Call(string name, DType dtype, int arity)
    {
        var type = TypeOf(dtype);
        var method = typeof(DeviceMath).GetMethods().FirstOrDefault(m => m.Name.Equals(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)
            && m.GetParameters().Length == arity && m.GetParameters()[0].ParameterType == type)
            ?? throw new CompileException($"DeepSym broke an invariant: no device code for {name} of {dtype.Name()}. Please report this.");
        il.Emit(OpCodes.Call, method);
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
        il.Emit(to switch { DType.Float32 => OpCodes.Conv_R4, DType.Float64 => OpCodes.Conv_R8, DType.Int64 => OpCodes.Conv_I8, _ => OpCodes.Conv_I4 });
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
            default: Call(monoid == Monoid.Max ? "maximum" : "minimum", dtype, 2); break;
        }
    }

    sealed class EndOfScope(List<Dictionary<Expr, LocalBuilder>> scopes) : IDisposable
    {
        public void Dispose() => scopes.RemoveAt(scopes.Count - 1);
    }
}
