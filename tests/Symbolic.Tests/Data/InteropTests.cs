using System.Numerics.Tensors;
using SystemTensor = System.Numerics.Tensors.Tensor;

namespace DeepSym.Tests.Data;

public sealed class InteropTests
{
    private static readonly float[] Data = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Tensors_of_System_Numerics_become_tensors()
    {
        var tensor = SystemTensor.Create(Data, [2, 3]);
        var expected = Tensor.From<float>(Data, 2, 3);
        Assert.True(Tensor.From(tensor).ContentEquals(expected));
        Assert.True(Tensor.From(tensor.AsTensorSpan()).ContentEquals(expected));
        Assert.True(Tensor.From(tensor.AsReadOnlyTensorSpan()).ContentEquals(expected));
    }

    [Fact]
    public void A_span_with_gaps_becomes_contiguous()
    {
        var withoutLastColumn = new ReadOnlyTensorSpan<float>(Data, [2, 2], [3, 1]);
        Assert.Equal("float32[2,2] [[1, 2], [4, 5]]", Tensor.From(withoutLastColumn).ToString());
    }

    [Fact]
    public void A_tensor_span_shares_the_memory()
    {
        var x = Tensor.Zeros<float>(2, 3);
        var span = x.AsTensorSpan<float>();
        span[1, 2] = 7;
        Assert.Equal(7f, x.Get<float>(1, 2));
        Assert.Equal(2, span.Rank);
        Tensor.Scalar(4f).AsTensorSpan<float>().FlattenTo(new float[1]);
        Assert.True(Tensor.Zeros<float>(0, 3).AsTensorSpan<float>().IsEmpty);
        Assert.Throws<DTypeException>(() => x.AsTensorSpan<int>());
    }
}
