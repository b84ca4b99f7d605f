using DeepSym.Layers;
using DeepSym.Optimizers;
using DeepSym.Training;
using static DeepSym.Tests.Models.Problems;

namespace DeepSym.Tests.Models;

/// <summary>Models as files.</summary>
public sealed class SavingTests
{
    [Fact]
    public void A_saved_model_predicts_and_goes_on_training_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var (x, y) = Sectors(200);
        var options = Quiet with { Epochs = 2, BatchSize = 32 };
        var through = Classifier(dropout: 0.3);
        through.Fit(x, y, options);
        through.Save(folder["model"]);
        var resumed = Sequential.Load(folder["model"]);
        Assert.Equal(through.Predict(x).ToArray<float>(), resumed.Predict(x).ToArray<float>());
        Assert.Equal(2, resumed.EpochsTrained);
        through.Fit(x, y, options);
        resumed.Fit(x, y, options);
        Assert.Equal(Weights(through), Weights(resumed));
        Assert.Equal(through.Evaluate(x, y), resumed.Evaluate(x, y));
    }

    [Fact]
    public void A_damaged_file_is_an_error_and_never_another_model()
    {
        using var folder = new TemporaryFolder();
        var (x, y) = Sectors(20);
        var model = Classifier();
        model.Fit(x, y, Quiet);
        model.Save(folder["model"]);
        var expected = model.Predict(x).ToArray<float>();
        var bytes = File.ReadAllBytes(folder["model"]);
        var random = new Random(5);
        for (var i = 0; i < 150; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder["damaged"], damaged);
            try
            {
                Assert.Equal(expected, Sequential.Load(folder["damaged"]).Predict(x).ToArray<float>());   // a bit that means nothing, such as a date
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
            }
        }
        foreach (var length in new[] { 0, 10, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(folder["short"], bytes[..length]);
            Assert.Throws<InvalidDataException>(() => Sequential.Load(folder["short"]));
        }
    }

    [Fact]
    public void What_no_file_can_hold_is_refused_and_the_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Dense(2, Activation.Of("mine", e => e * e)));
        model.Build(3);
        File.WriteAllText(folder["model"], "old");
        Assert.Contains("mine", Assert.Throws<NotSupportedException>(() => model.Save(folder["model"])).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder["model"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_layer_of_ones_own_is_read_when_its_type_is_given()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Scaling(3), new Dense(2));
        model.Build(4);
        model.Save(folder["model"]);
        Assert.Equal(3, Assert.IsType<Scaling>(Sequential.Load(folder["model"], typeof(Scaling)).Layers[0]).Factor);
        Assert.Contains("among the types", Assert.Throws<InvalidDataException>(() => Sequential.Load(folder["model"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_alone_are_a_NumPy_archive()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Classifier(seed: 1), Classifier(seed: 2));
        first.Build(2);
        second.Build(2);
        first.SaveWeights(folder["weights.npz"]);
        Assert.Contains("dense_1.W", Npz.Load(folder["weights.npz"]).Keys);
        second.LoadWeights(folder["weights.npz"]);
        Assert.Equal(Weights(first), Weights(second));
        var other = new Sequential(new Dense(7));
        other.Build(2);
        Assert.Throws<ArgumentException>(() => other.LoadWeights(folder["weights.npz"]));
    }

    public sealed class Scaling(double factor) : Layer
    {
        public double Factor { get; } = factor;

        protected override Expr Forward(Expr x, Pass pass) => x * Factor;
    }
}
