using CsCheck;

namespace DeepSym.Tests.Data;

/// <summary>Random shapes and tensors, empty ones and scalars included.</summary>
internal static class Tensors
{
    public static readonly Gen<int[]> Shape = Gen.Int[0, 5].Array[0, 4];

    public static readonly Gen<Tensor> Any = Gen.OneOf(
        Of(Gen.Bool), Of(Gen.Int), Of(Gen.Long), Of(Gen.OneOf(Gen.Float, Gen.Float.Special)), Of(Gen.OneOf(Gen.Double, Gen.Double.Special)));

    public static Gen<Tensor> Of<T>(Gen<T> element) where T : unmanaged =>
        Shape.SelectMany(shape => element.Array[shape.Aggregate(1, (a, b) => a * b)].Select(data => Tensor.From<T>(data, shape)));
}
