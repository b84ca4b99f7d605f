using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Arrays;

/// <summary>Operators, attributes and indexing of arrays, as NumPy defines them.</summary>
internal sealed class NumpyDomain : Domain
{
    public override bool Owns(object? value) => value is NdArray or IIndexed;

    public override object? Unary(string symbol, object operand)
    {
        var x = (NdArray)operand;
        return symbol switch
        {
            "-" => x.Map(x.Type, v => -v),
            "+" => x,
            "abs" => x.Map(x.Type, Math.Abs),
            _ => throw new MissingFeatureException($"ndarray {symbol}"),
        };
    }

    public override object? Binary(string symbol, object? left, object? right)
    {
        var (a, b) = (NdArray.From(left), NdArray.From(right));
        // A Python number takes the type of the array that it meets, unless it is a float and the array is not.
        var type = left is NdArray && right is NdArray ? ElementTypes.Promote(a.Type, b.Type)
            : (left is NdArray ? a.Type : b.Type) is var own && (own.IsFloat || (a.IsWhole && b.IsWhole)) ? own
            : ElementType.Float64;
        return symbol switch
        {
            "+" => NdArray.Zip(type, a, b, (x, y) => x + y),
            "-" => NdArray.Zip(type, a, b, (x, y) => x - y),
            "*" => NdArray.Zip(type, a, b, (x, y) => x * y),
            "/" => NdArray.Zip(type.IsFloat ? type : ElementType.Float64, a, b, (x, y) => x / y),
            "//" => NdArray.Zip(type, a, b, Numbers.FloorDivide),
            "%" => NdArray.Zip(type, a, b, Numbers.Remainder),
            "**" => NdArray.Zip(type, a, b, Math.Pow),
            "<" => Compare(a, b, (x, y) => x < y),
            "<=" => Compare(a, b, (x, y) => x <= y),
            ">" => Compare(a, b, (x, y) => x > y),
            ">=" => Compare(a, b, (x, y) => x >= y),
            "==" => Compare(a, b, (x, y) => x == y),
            "!=" => Compare(a, b, (x, y) => x != y),
            "@" => a.Dot(b),
            _ => throw new MissingFeatureException($"ndarray {symbol}"),
        };
    }

    public override object? Attribute(object target, string name)
    {
        var x = (NdArray)target;
        return name switch
        {
            "shape" => x.Shape.Select(d => (object?)(long)d).ToArray(),
            "ndim" => (long)x.Rank,
            "size" => (long)x.Data.Length,
            "T" => x.Transpose(),
            "dtype" => x.Type.NumpyName,
            _ => new BoundMethod(x, Numpy.Methods.Get(name) as ICallable ?? throw new MissingFeatureException($"ndarray.{name}")),
        };
    }

    public override object? Index(object target, object? index)
    {
        if (target is IIndexed indexed)
            return indexed[index];
        var x = (NdArray)target;
        var (shape, positions) = x.Locate(index);
        return new NdArray(x.Type, shape, Array.ConvertAll(positions, p => x.Data[p]));
    }

    public override void SetIndex(object target, object? index, object? value)
    {
        var x = (NdArray)target;
        var (shape, positions) = x.Locate(index);
        double[] values = NdArray.From(value).BroadcastTo(shape).Data;
        for (int i = 0; i < positions.Length; i++)
            x.Data[positions[i]] = x.Type.Round(values[i]);
    }

    public override bool Truth(object value) => ((NdArray)value).Value != 0;

    public override IReadOnlyList<object?> Items(object value) => [.. Enumerable.Range(0, ((NdArray)value).Shape[0]).Select(i => Index(value, (long)i))];

    static NdArray Compare(NdArray a, NdArray b, Func<double, double, bool> test) => NdArray.Zip(ElementType.Bool, a, b, (x, y) => test(x, y) ? 1 : 0);
}

/// <summary>What is no array, but gives arrays when it is indexed.</summary>
internal interface IIndexed
{
    object this[object? index] { get; }
}
