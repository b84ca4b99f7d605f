using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Operators, attributes and indexing of Theano's variables, in terms of this library's expressions.</summary>
internal sealed class SymbolicDomain(Module tensor, Execution execution) : Domain
{
    // T.set_subtensor(x[i], y) is given the part alone: where it came from is remembered here.
    readonly Dictionary<Expr, (Expr Whole, AxisIndex[] Index)> _parts = [];

    public override bool Owns(object? value) => Symbolic.IsSymbolic(value) || value is CompiledFunction;

    /// <summary>The expression and index that <paramref name="part"/> was made of.</summary>
    public (Expr Whole, AxisIndex[] Index) Origin(Expr part) =>
        _parts.TryGetValue(part, out var origin) ? origin : throw new PythonException("the first argument is not the result of an index");

    public override object? Unary(string symbol, object operand)
    {
        var x = Symbolic.From(operand);
        return symbol switch
        {
            "-" => -x,
            "+" => x,
            "~" => ~x,
            "abs" => T.Abs(x),
            _ => throw new MissingFeatureException($"expression {symbol}"),
        };
    }

    public override object? Binary(string symbol, object? left, object? right)
    {
        var (x, y) = (Symbolic.From(left), Symbolic.From(right));
        return symbol switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => T.FloorDivide(x, y),
            "%" => x % y,
            "**" => Evaluator.Call(tensor.Get("pow"), Arguments.Of(x, y)),
            "@" => T.MatMul(x, y),
            "<" => x < y,
            "<=" => x <= y,
            ">" => x > y,
            ">=" => x >= y,
            "&" => x & y,
            "|" => x | y,
            "^" => x ^ y,
            _ => throw new MissingFeatureException($"expression {symbol}"),
        };
    }

    public override object? Attribute(object target, string name)
    {
        if (target is SharedVariable shared && name is ("get_value" or "set_value"))
            return Accessor(shared, name);
        if (target is CompiledFunction compiled)
            return name == "copy" ? compiled.Copy : throw new MissingFeatureException($"function.{name}");
        var x = Symbolic.From(target);
        return name switch
        {
            "T" => T.Transpose(x),
            "shape" => new ShapeVector(x),
            "ndim" => (long)x.Rank,
            "size" => Enumerable.Range(0, x.Rank).Select(axis => x.Size(axis)).Aggregate((Expr)1, (product, size) => product * size),
            "dtype" => x.DType.Name(),
            _ => new BoundMethod(target, (ICallable)tensor.Get(name)!),
        };
    }

    public override object? Index(object target, object? index)
    {
        if (target is ShapeVector shape)
            return Sequences.Index(shape.Sizes.ToArray<object?>(), index);
        if (target is CompiledFunction function)
            return function[(string)index!];
        var whole = (Expr)target;
        AxisIndex[] indices = index is object?[] tuple ? [.. tuple.Select(ToIndex)] : [ToIndex(index)];
        var part = whole[indices];
        _parts[part] = (whole, indices);
        return part;
    }

    public override void SetIndex(object target, object? index, object? value)
    {
        if (target is CompiledFunction function)
            function[(string)index!] = NdArray.From(value);
        else
            base.SetIndex(target, index, value);
    }

    public override void SetAttribute(object target, string name, object? value)
    {
        if (target is SharedVariable shared && name == "default_update")
            execution.SetDefaultUpdate(shared, Symbolic.From(value));
        else
            base.SetAttribute(target, name, value);
    }

    public override IReadOnlyList<object?> Items(object value) => value switch
    {
        ShapeVector shape => shape.Sizes,
        Expr x when x.Rank > 0 && x.Shape[0].IsStatic => [.. Enumerable.Range(0, (int)x.Shape[0].Constant).Select(i => x[i])],
        _ => throw new PythonException("an expression of unknown length cannot be iterated over"),
    };

    static NativeFunction Accessor(SharedVariable shared, string name) => name == "get_value"
        ? new NativeFunction("get_value(borrow=False)", _ => Symbolic.ToArray(shared.GetValue()))
        : new NativeFunction("set_value(value, borrow=False)", a =>
        {
            shared.SetValue(CompiledFunction.Convert(a["value"], shared));
            return null;
        });

    static AxisIndex ToIndex(object? part) => part switch
    {
        null => T.NewAxis,
        PythonEllipsis => T.Ellipsis,
        PythonSlice slice => T.Range(Bound(slice.Start), Bound(slice.Stop), slice.Step is null ? 1 : (int)Numbers.Whole(slice.Step)),
        long n => (int)n,
        _ => Symbolic.From(part),
    };

    static Expr? Bound(object? value) => value is null ? null : Symbolic.From(value);
}
