using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Where this library differs from Theano on purpose, each reason once with the cases it concerns; see the README of the golden files.</summary>
internal static class Differences
{
    public static readonly IReadOnlyList<Difference> All =
    [
        new("a literal is weak and never changes a dtype; alone it is int64 or float64",
            ["elementwise.constants.01", "elementwise.i_bits.04", "shape_index.shape.01", "shape_index.create.06", "function_semantics.outputs.01"],
            golden => WithTypes(golden, (expected, _) => expected.Kind switch { ElementKind.Bool => expected, ElementKind.Integer => ElementType.Int64, _ => ElementType.Float64 })),
        new("a literal is weak and changes no dtype that holds it: an integer keeps its own, a truth value becomes int64",
            ["elementwise.d_plus1000.*", "elementwise.d_half.*", "elementwise.u_elu_alpha.02", "elementwise.u_selu.02", "elementwise.u_relu_leaky.02"],
            golden => WithTypes(golden, (expected, i) => golden.Inputs[i].Value.Type is var own && own == ElementType.Bool ? (expected.IsFloat ? ElementType.Float64 : ElementType.Int64)
                : expected.IsFloat ? Floating(own) : golden.Id.StartsWith("elementwise.d_plus1000", StringComparison.Ordinal) && own <= ElementType.UInt8 ? expected : own)),
        new("dtypes are promoted by kind (bool < integer < float; an integer never widens a float)",
            ["elementwise.upcast_*"], golden => WithTypes(golden, (expected, i) => expected == ElementType.Bool ? expected
                : Meet(golden.Inputs[0].Value.Type, golden.Inputs[i + 1].Value.Type, expected) is var common && golden.Id.Contains("true_div", StringComparison.Ordinal) ? Floating(common) : common)),
        new("where Theano is wrong the exact value is right: it computes this for 8-bit arguments in half precision",
            ["elementwise.d_softplus.*"], golden => WithTypes(golden with
            {
                Outputs = [.. golden.Outputs.Select((output, i) => golden.Inputs[i].Value is { Type: <= ElementType.UInt8 } x ? x.Map(output.Type, v => Math.Log(1 + Math.Exp(v))) : output)],
            }, (expected, i) => Floating(golden.Inputs[i].Value.Type))),
        new("relu is max(x, 0), and not (x + |x|) / 2: 0 at -infinity", ["elementwise.u_relu.*"],
            golden => golden with { Outputs = [golden.Inputs[0].Value.Map(golden.Outputs[0].Type, x => double.IsNaN(x) ? x : Math.Max(x, 0))] }),
        new("the derivative of a leaky relu at 0 is the slope, and not the mean of both slopes", ["gradients.kink.08"],
            golden => golden with { Outputs = [golden.Outputs[0].Map(golden.Outputs[0].Type, g => g == 0.55 ? 0.1 : g)] }),
        new("powers are those of IEEE 754: the root of -infinity by x**0.5 is infinity", ["elementwise.u_pow_const.01"],
            golden => golden with
            {
                Outputs = [.. golden.Outputs.Select((output, k) => k != 2 ? output
                    : NdArray.Zip(output.Type, golden.Inputs[0].Value, output, (x, root) => double.IsNegativeInfinity(x) ? double.PositiveInfinity : root))],
            }),
        new("dtypes are promoted by kind: an integer of up to 32 bits that becomes a float becomes float32",
            ["elementwise.d_*", "elementwise.constants.03", "elementwise.i_true_div.*", "reductions.dtype_*"],
            golden => WithTypes(golden, (expected, i) => expected.IsFloat ? Floating(golden.Inputs[Math.Min(i, golden.Inputs.Count - 1)].Value.Type) : expected)),
        new("an argument of another dtype is accepted only where no value can be lost: int64 into float64 is an error", ["function_semantics.inputs.03"], _ => null),
        new("where Theano is wrong the exact value is right: a copied function doubles the swapped variable in place before it adds 1", ["function_semantics.shared.07"],
            golden => golden with { Outputs = [.. golden.Outputs.Take(3), golden.Outputs[3].Map(golden.Outputs[3].Type, _ => 22), golden.Outputs[4], golden.Outputs[5].Map(golden.Outputs[5].Type, _ => 12)] }),
        new("the random stream is Philox", ["function_semantics.mrg.*"], _ => null),
    ];

    // Integers meet as in Theano.
    static ElementType Meet(ElementType a, ElementType b, ElementType theano) =>
        a.Kind != b.Kind ? (a.Kind > b.Kind ? a : b) : a.Kind == ElementKind.Integer && !theano.IsFloat ? theano : a > b ? a : b;

    static ElementType Floating(ElementType type) => type.IsFloat ? type : type is ElementType.Int64 or ElementType.UInt64 or ElementType.UInt32 ? ElementType.Float64 : ElementType.Float32;

    // The same values in other dtypes; where a float becomes narrower, they are compared at its precision.
    static GoldenCase WithTypes(GoldenCase golden, Func<ElementType, int, ElementType> typeOf)
    {
        NdArray[] outputs = [.. golden.Outputs.Select((output, i) => output.As(typeOf(output.Type, i)))];
        bool isNarrower = outputs.Zip(golden.Outputs).Any(p => p.First.Type == ElementType.Float32 && p.Second.Type == ElementType.Float64);
        return golden with
        {
            Outputs = outputs,
            Alternative = golden.Alternative is { } other ? [.. other.Select((output, i) => output.As(outputs[i].Type))] : null,
            RelativeTolerance = isNarrower ? Math.Max(golden.RelativeTolerance, Tolerances.Pointwise(DType.Float32)) : golden.RelativeTolerance,
        };
    }
}
