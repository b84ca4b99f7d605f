using System.Collections.Immutable;

namespace DeepSym;

/// <summary>A scalar function applied elementwise to inputs of one shape: what broadcasting there is, is in the inputs.</summary>
public sealed record Map(ScalarFunction Function) : Op
{
    /// <inheritdoc/>
    public override string Name => Function.Name;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        if (inputs.Length != Function.Arity)
            throw new ArgumentException($"{Name} takes {Function.Arity} arguments and was given {inputs.Length}.", nameof(inputs));
        var first = Function.Types == ScalarTypes.Selection ? 1 : 0;
        if (first == 1 && inputs[0].DType != DType.Bool)
            throw new DTypeException($"{Name}: the condition ({inputs[0].Describe()}) must be bool. Compare it with something, for example T.Neq(c, 0).");
        var dtype = inputs[first].DType;
        foreach (var input in inputs[first..])
            if (input.DType != dtype)
                throw new DTypeException($"{Name}({string.Join(", ", inputs.ToArray().Select(i => i.Describe()))}): the arguments must have one dtype.");
        Promotion.Check(Function, dtype, inputs);
        var shape = inputs[0].Shape;
        foreach (var input in inputs[1..])
        {
            var other = input.Shape;
            if (other.Rank != shape.Rank) throw new ShapeException(Mismatch(inputs));
            for (var axis = 0; axis < shape.Rank; axis++)
                if (shape[axis] != other[axis])
                {
                    var all = inputs.ToArray();
                    shape = shape.With(axis, guards.Equal(shape[axis], other[axis], () => Mismatch(all)));
                }
        }
        return new TensorType(ResultOf(dtype), shape);

        string Mismatch(ReadOnlySpan<Expr> exprs) => Broadcasting.Message(Name, exprs.ToArray());
    }

    /// <summary>The dtype of the result for arguments of <paramref name="dtype"/>.</summary>
    public DType ResultOf(DType dtype) => Function.Types switch
    {
        ScalarTypes.Comparison or ScalarTypes.Predicate => DType.Bool,
        ScalarTypes.Conversion => Function.Result,
        _ => dtype,
    };

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        Expr? sum = null;
        for (var i = 0; i < Function.Partials.Count; i++)
            if (tangents[i] is { } tangent && Chain(output, inputs, i, tangent) is { } term)
                sum = sum is null ? term : sum + term;
        return sum is null ? null : T.Cast(sum, output.DType);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var result = new Expr?[inputs.Length];
        for (var i = 0; i < Function.Partials.Count; i++)
            if (wanted[i] && Chain(output, inputs, i, cotangent) is { } part) result[i] = T.Cast(part, inputs[i].DType);
        return [.. result];
    }

    // The product of a partial derivative and a tangent or cotangent: for one argument both modes multiply by the same number.
    Expr? Chain(Expr output, ImmutableArray<Expr> inputs, int i, Expr factor)
    {
        if (Function.Parameters.Contains(i))
            throw new GradientException($"{Name}({string.Join(", ", inputs.Select(x => x.Describe()))}) has no known derivative in its argument {i + 1}. Make that argument a constant, or put T.StopGradient around it.");
        return Function.Partials[i](inputs, output) switch
        {
            null => null,
            Constant { Value: { Rank: 0 } value } when value.ToScalar<double>() == 1 => factor,
            var partial when Function.Types == ScalarTypes.Selection => T.Switch(partial, factor, 0),   // a mask: what is not selected cannot leak NaN
            var partial => Mask.Product(factor, partial),
        };
    }
}
