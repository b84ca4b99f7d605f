using DeepSym.Layers;
using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden.Lasagne;

/// <summary>Networks of Lasagne: their outputs, gradients, tags, shapes and running averages.</summary>
public sealed class LasagneGoldenTests
{
    static readonly MissingFeature[] Missing =
    [
        new("LSTMLayer"), new("GRULayer"), new("RecurrentLayer"), new("CustomRecurrentLayer"), new("Gate"), new("InputLayer"), new("TransformerLayer"), new("TPSTransformerLayer"),
        new("SpatialPyramidPoolingLayer"), new("FeatureWTALayer"), new("RandomizedRectifierLayer"), new("ScaleLayer"), new("standardize"),
        new("DenseLayer(W=expression)"), new("NINLayer(untie_biases=)"), new("ReshapeLayer of the batch axis"), new("PadLayer(batch_ndim=)"), new("FeaturePoolLayer(pool_function=)"),
        new("Upscale(mode='dilate')"), new("LocallyConnected2DLayer(channelwise=)"),
    ];

    static readonly GoldenCheck Check = new([], [.. Missing.Select(feature => feature.Name)], [], LayerCaseRunner.Run);

    public static TheoryData<string> Ids => [.. GoldenFiles.Family("lasagne_layers").Select(golden => golden.Id)];

    public static TheoryData<string> Names => [.. Missing.Select(feature => feature.Name).Where(name => name.All(char.IsLetterOrDigit))];

    [Theory, MemberData(nameof(Ids))]
    public void A_network_is_that_of_Lasagne(string id) => Check.Run(id, Backend.Interpreter, Backend.Cpu);

    [Theory, MemberData(nameof(Names))]
    public void A_layer_listed_as_missing_is_missing(string name) => Assert.DoesNotContain(name, LasagneNames.Create(Pass.Inference()).Keys);

    [Fact]
    public void Most_networks_are_compared_and_not_skipped() =>
        Assert.InRange(GoldenFiles.Family("lasagne_layers").Count(golden => LayerCaseRunner.Run(golden, Backend.Interpreter).Missing.Count == 0), 70, 117);
}
