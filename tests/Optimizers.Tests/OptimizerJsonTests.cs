using System.Text.Json.Nodes;

namespace DeepSym.Optimizers.Tests;

public sealed class OptimizerJsonTests
{
    public static TheoryData<Optimizer> All => [.. OptimizerStepTests.All.Select(row => row.Data),
        new SGD { LearningRate = new ExponentialDecay(.1, .9, 100) { Staircase = true }, Clipping = Clipping.ByValue(2) },
        new Nesterov { LearningRate = new CosineDecay(.1, 1000) { Alpha = .01, WarmUp = 50 } },
        new Adam { LearningRate = new PiecewiseConstant(.1, [new(5, .01), new(9, .001)]), Epsilon = 1e-8, Clipping = Clipping.ByGlobalNorm(3, 1e-7) },
        new Adagrad { LearningRate = new InverseTimeDecay(.1, .5, 10), EpsilonPlace = EpsilonPlace.OutsideRoot, Clipping = Clipping.ByNorm(1) }];

    [Theory]
    [MemberData(nameof(All))]
    public void What_was_written_is_read_back(Optimizer optimizer)
    {
        var written = OptimizerJson.Write(optimizer).ToJsonString();
        Assert.Equal(optimizer, OptimizerJson.Read(JsonNode.Parse(written)!));
    }

    [Fact]
    public void An_unknown_rule_is_named()
    {
        var error = Assert.Throws<FormatException>(() => OptimizerJson.Read(JsonNode.Parse("""{"$type":"shampoo"}""")!));
        Assert.StartsWith("""This does not describe an optimizer: {"$type":"shampoo"}. Read unrecognized type discriminator id 'shampoo'.""", error.Message);
    }

    [Fact]
    public void A_constant_out_of_range_is_named()
    {
        var error = Assert.Throws<FormatException>(() => OptimizerJson.Read(JsonNode.Parse("""{"$type":"adam","Beta1":2}""")!));
        Assert.Contains("Beta1 must be at least 0 and below 1.", error.Message);
    }

    sealed record Own() : Optimizer(.1)
    {
        protected internal override IReadOnlyList<Slot> Slots => [];

        public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock) => new(value - gradient);
    }

    [Fact]
    public void A_rule_of_the_users_own_works_but_is_not_written()
    {
        Assert.Equal([0.0], Descent.Along(new Own(), [1], [1])[0]);
        Assert.Equal("Own cannot be written as data: it, its schedule or its clipping is not one of DeepSym's own.", Assert.Throws<NotSupportedException>(() => OptimizerJson.Write(new Own())).Message);
    }
}
