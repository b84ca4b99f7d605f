using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>From the values of a golden text to expressions, sizes, dtypes and tensors, and back.</summary>
internal static class Symbolic
{
    public static bool IsSymbolic(object? value) => value is DeepSym.Expr or ShapeVector;

    /// <summary>An expression: numbers are weak literals, arrays are constants of their own dtype, lists are stacked.</summary>
    public static DeepSym.Expr From(object? value) => value switch
    {
        DeepSym.Expr expr => expr,
        ShapeVector shape => shape.ToExpr(),
        bool b => b,
        long n => n,
        double d => d,
        NdArray array => T.Constant(ToTensor(array)),
        _ when Sequences.IsSequence(value) => Sequences.Items(value) is var items && items.All(i => i is long or double or bool)
            ? T.Constant(ToTensor(NdArray.From(value)))
            : T.Stack([.. items.Select(From)]),
        _ => throw new PythonException($"{Numbers.Describe(value)} is not an expression"),
    };

    public static DeepSym.Expr Expr(this BoundArguments a, string name) => From(a[name]);

    public static DeepSym.Expr[] Exprs(this BoundArguments a, string name) => [.. a.Items(name).Select(From)];

    /// <summary>The axes of a reduction: none given means all of them.</summary>
    public static int[] Axes(this BoundArguments a, string name = "axis") => a[name] switch
    {
        null => [],
        var axes when Sequences.IsSequence(axes) => Integers(axes),
        var axis => [(int)Numbers.Whole(axis)],
    };

    public static int[] Integers(object? values) => [.. Sequences.Items(values).Select(v => (int)Numbers.Whole(v))];

    public static int? Axis(this BoundArguments a, string name = "axis") => a.Has(name) ? (int)a.Whole(name) : null;

    /// <summary>A shape given as a tuple, a list, one size or the shape of another expression.</summary>
    public static Dim[] Shape(this BoundArguments a, string name) => a[name] switch
    {
        ShapeVector shape => [.. shape.Of.Shape],
        var items when Sequences.IsSequence(items) => [.. Sequences.Items(items).Select(Size)],
        var one => [Size(one)],
    };

    public static Dim Size(object? value) => value switch
    {
        DeepSym.Expr expr => (Dim)expr,
        _ => Numbers.Whole(value),
    };

    public static DType? DType(this BoundArguments a, string name = "dtype") => a.Has(name) ? ToDType(ElementTypes.Parse(a.Text(name)!)) : null;

    /// <summary>The dtype of the same name.</summary>
    public static DType ToDType(ElementType type) => DTypes.Parse(type.NumpyName);

    public static Tensor ToTensor(NdArray array) => ToDType(array.Type) switch
    {
        DeepSym.DType.Bool => Tensor.From<bool>(Array.ConvertAll(array.Data, v => v != 0), array.Shape),
        DeepSym.DType.Int64 => Tensor.From<long>(Array.ConvertAll(array.Data, v => (long)v), array.Shape),
        var dtype => Tensor.From<double>(array.Data, array.Shape).To(dtype),
    };

    public static NdArray ToArray(Tensor tensor)
    {
        double[] data = tensor.DType == DeepSym.DType.Bool
            ? Array.ConvertAll(tensor.ToArray<bool>(), b => b ? 1.0 : 0.0)
            : tensor.To(DeepSym.DType.Float64).ToArray<double>();
        return new NdArray(ElementTypes.Parse(tensor.DType.Name()), tensor.Shape.ToArray(), data);
    }
}

/// <summary>Theano's <c>x.shape</c>: an integer vector whose elements can be picked one by one.</summary>
internal sealed record ShapeVector(Expr Of)
{
    public IReadOnlyList<Expr> Sizes { get; } = [.. Enumerable.Range(0, Of.Rank).Select(axis => Of.Size(axis))];

    public Expr ToExpr() => Sizes.Count > 0 ? T.Stack([.. Sizes]) : T.Constant(Tensor.Zeros<long>(0));
}
