using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>What is known before the call: arithmetic of constants. It comes after stability, so that no infinity is made of <c>log(1 + exp(800))</c>.</summary>
static class Folding
{
    const int Largest = 4096;   // elements: what is larger would make the program larger than its work is worth

    public static readonly RuleSet Rules =
    [
        new FunctionRule("function of constants", "f(2, 3) → its value", Exact, [typeof(Map)], OfConstants, dtype =>
        [
            new Map(((Map)T.Add(1, 2).Op!).Function).On(T.Cast(1, dtype), T.Cast(2, dtype)),
            T.Constant(Tensor.From<double>([1, 2]).To(dtype)) * 3,
        ]),
        new FunctionRule("reshaped constant", "reshape(constant) → constant", Exact, [typeof(Reshape)], Reshaped,
            dtype => [new Reshape([2, 1]).On(T.Constant(Tensor.From<double>([1, 2]).To(dtype)))]),
        new FunctionRule("known size", "size of an axis of 3 → 3", Exact, [typeof(DimValue)],
            node => node.Op is DimValue({ IsStatic: true } dim) ? T.Constant(Tensor.Scalar(dim.Constant)) : null,
            _ => [new DimValue(3).On()]),
    ];

    // Literals are computed as scalars and repeated by the engine; arrays of constants element by element.
    static Constant? OfConstants(Expr node)
    {
        var map = (Map)node.Op!;
        var inputs = new Tensor[node.Inputs.Length];
        var isScalar = true;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (Pattern.Unrepeated(node.Inputs[i]) is not Constant constant || constant.Rank > 0 && constant.Shape != node.Shape) return null;
            inputs[i] = constant.Value;
            isScalar &= constant.Rank == 0;
        }
        if (!isScalar && (!node.Shape.IsStatic || node.Shape.Length.Constant > Largest)) return null;
        var value = Tensor.Zeros(node.DType, isScalar ? [] : [.. node.Shape.Select(dim => (int)dim.Constant)]);
        var dtype = inputs[^1].DType;
        var arguments = new Number[inputs.Length];
        for (var i = 0L; i < value.Length; i++)
        {
            for (var k = 0; k < arguments.Length; k++) arguments[k] = inputs[k].Number(inputs[k].Rank == 0 ? 0 : i);
            value.SetNumber(i, map.Function.Value(arguments, dtype));
        }
        return T.Constant(value);
    }

    static Constant? Reshaped(Expr node) =>
        node.Inputs[0] is Constant { Value: { Length: <= Largest } value } && node.Shape.IsStatic ? T.Constant(value.Reshape([.. node.Shape.Select(dim => (int)dim.Constant)])) : null;
}
