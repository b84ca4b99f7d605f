using System.Numerics;
using CsCheck;

namespace DeepSym.Tests.Data;

/// <summary>Random shapes and tensors, empty ones and scalars included.</summary>
internal static class Tensors
{
    public static readonly Gen<int[]> Shape = Gen.Int[0, 5].Array[0, 4];

    public static readonly Gen<Tensor> Any = Gen.OneOf(
        Of(Gen.Bool), Of(Gen.Int), Of(Gen.Long), Of(Gen.OneOf(Gen.Float, Gen.Float.Special).Select(Quiet)), Of(Gen.OneOf(Gen.Double, Gen.Double.Special).Select(Quiet)));

    // Signalling NaNs become quiet ones in any conversion: one kind of NaN is enough.
    static T Quiet<T>(T x) where T : IFloatingPointIeee754<T> => T.IsNaN(x) ? T.NaN : x;

    public static Gen<Tensor> Of<T>(Gen<T> element) where T : unmanaged =>
        Shape.SelectMany(shape => element.Array[shape.Aggregate(1, (a, b) => a * b)].Select(data => Tensor.From<T>(data, shape)));
}
